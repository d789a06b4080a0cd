"""The unit of work on PostgreSQL keeps the promises that tests of use cases rely on."""

from uuid import uuid4

import pytest

from support.tasks import TasksUnitOfWorkSuite
from taskhub.container import Container
from taskhub.kernel.application.commands import Context
from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.tasks.application.ports import TasksUnitOfWork


class SqlBench:
    def __init__(self, container: Container) -> None:
        self.workspace_id = uuid4()
        self._container = container

    def begin(self) -> TasksUnitOfWork:
        return self._container.tasks.unit_of_work(Attempt(Context(uuid4(), "test")))


@pytest.mark.usefixtures("app")
class TestSqlUnitOfWork(TasksUnitOfWorkSuite):
    @pytest.fixture
    def bench(self, container: Container) -> SqlBench:
        return SqlBench(container)
