"""The unit of work on PostgreSQL keeps the promises that tests of use cases rely on."""

from uuid import uuid4

import pytest
from sqlalchemy import Uuid, bindparam, func, select

from support.promises.workbench import add_project, add_task, locked, take_over
from support.tasks import TasksUnitOfWorkSuite
from taskhub.container import Container
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.application.commands import Context, Reply
from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.infrastructure.rows import FormerKeyRow

_FORMER_KEYS = Statement(
    select(func.count()).where(table_of(FormerKeyRow).c.workspace_id == bindparam("workspace_id", type_=Uuid()))
)


class SqlBench:
    def __init__(self, container: Container) -> None:
        self.workspace_id = uuid4()
        self._container = container

    def begin(self) -> TasksUnitOfWork:
        return self._container.modules["tasks"].unit_of_work(Attempt(Context(uuid4(), "test"), system_clock()))


@pytest.mark.usefixtures("app")
class TestSqlUnitOfWork(TasksUnitOfWorkSuite):
    @pytest.fixture
    def bench(self, container: Container) -> SqlBench:
        return SqlBench(container)

    async def test_no_former_key_outlives_its_task(self, bench: SqlBench, database: Database) -> None:
        task = await add_task(bench, await add_project(bench))
        await take_over(bench, task, await add_project(bench))
        async with locked(bench) as uow:
            await uow.remove_belongings(bench.workspace_id, [task.id])
            await uow.commit(None, Reply(204))
        async with database.connection() as connection:
            row = await connection.fetch_row(_FORMER_KEYS, {"workspace_id": bench.workspace_id})
        assert row is not None
        assert row[0] == 0
