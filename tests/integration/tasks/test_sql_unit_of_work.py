"""The unit of work on PostgreSQL keeps the promises that tests of use cases rely on."""

from uuid import uuid4

import pytest
from sqlalchemy import Uuid, bindparam, func, select

from support.contracts.tasks.steps import add_project, add_task, locked, take_over
from support.contracts.tasks.unit_of_work import TasksUnitOfWorkContract
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


class SqlUnitsOfWork:
    def __init__(self, container: Container) -> None:
        self.workspace_id = uuid4()
        self._container = container

    def begin(self) -> TasksUnitOfWork:
        return self._container.modules["tasks"].unit_of_work(Attempt(Context(uuid4(), "test"), system_clock()))


@pytest.mark.usefixtures("app")
class TestSqlUnitOfWork(TasksUnitOfWorkContract):
    @pytest.fixture
    def units(self, container: Container) -> SqlUnitsOfWork:
        return SqlUnitsOfWork(container)

    async def test_no_former_key_outlives_its_task(self, units: SqlUnitsOfWork, database: Database) -> None:
        task = await add_task(units, await add_project(units))
        await take_over(units, task, await add_project(units))
        async with locked(units) as uow:
            await uow.remove_dependent_rows(units.workspace_id, [task.id])
            await uow.commit(None, Reply(204))
        async with database.connection() as connection:
            row = await connection.fetch_row(_FORMER_KEYS, {"workspace_id": units.workspace_id})
        assert row is not None
        assert row[0] == 0
