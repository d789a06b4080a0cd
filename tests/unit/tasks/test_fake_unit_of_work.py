"""The fake unit of work keeps the real one's promises, so that tests of use cases may trust it."""

from uuid import uuid4

import pytest

from support.fakes import FakeStore, FakeUnitOfWork
from support.tasks import TasksUnitOfWorkSuite
from taskhub.tasks.application.ports import TasksUnitOfWork


class FakeBench:
    def __init__(self) -> None:
        self.workspace_id = uuid4()
        self.store = FakeStore()

    def begin(self) -> TasksUnitOfWork:
        return FakeUnitOfWork(self.store)


class TestFakeUnitOfWork(TasksUnitOfWorkSuite):
    @pytest.fixture
    def bench(self) -> FakeBench:
        return FakeBench()
