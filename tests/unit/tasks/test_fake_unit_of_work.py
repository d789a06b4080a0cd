"""The fake unit of work fulfils the contract of the real one, so that tests of use cases may rely on it."""

from uuid import uuid4

import pytest

from support.contracts.tasks.unit_of_work import TasksUnitOfWorkContract
from support.fakes.tasks.store import FakeStore
from support.fakes.tasks.unit_of_work import FakeTasksUnitOfWork
from taskhub.tasks.application.ports import TasksUnitOfWork


class FakeUnitsOfWork:
    def __init__(self) -> None:
        self.workspace_id = uuid4()
        self.store = FakeStore()

    def begin(self) -> TasksUnitOfWork:
        return FakeTasksUnitOfWork(self.store)


class TestFakeUnitOfWork(TasksUnitOfWorkContract):
    @pytest.fixture
    def units(self) -> FakeUnitsOfWork:
        return FakeUnitsOfWork()
