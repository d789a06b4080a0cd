"""What keys stand for, many at once."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Select, Table, Text, bindparam, column, func, null, select, union_all

from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.ports import Key, ProjectKey, TaskKey
from taskhub.tasks.infrastructure.mappings import PROJECTS, TASKS
from taskhub.tasks.infrastructure.rows import FormerKeyRow
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID

_projects = PROJECTS.table.c
_named = (
    func.unnest(bindparam("project_keys", type_=ARRAY(Text())), bindparam("numbers", type_=ARRAY(Integer())))
    .table_valued(column("project_key", Text()), column("number", Integer()), name="named")
    .render_derived()
)


def _tasks_of(table: Table, id: str) -> Select[tuple[str, int, UUID]]:
    is_named = (table.c.project_key == _named.c.project_key) & (table.c.number == _named.c.number)
    return (
        select(table.c.project_key, table.c.number, table.c[id])
        .join(_named, is_named)
        .where(table.c.workspace_id == WORKSPACE_ID)
    )


_IDS = Statement(
    union_all(
        select(_projects.key, null().label("number"), _projects.id).where(
            _projects.workspace_id == WORKSPACE_ID, _projects.key == func.any(bindparam("keys", type_=ARRAY(Text())))
        ),
        _tasks_of(TASKS.table, "id"),
        _tasks_of(table_of(FormerKeyRow), "task_id"),
    )
)


class SqlKeyQueries:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def ids(self, workspace_id: UUID, keys: Collection[Key]) -> dict[Key, UUID]:
        tasks = [key for key in keys if isinstance(key, TaskKey)]
        parameters = {
            "workspace_id": workspace_id,
            "keys": [key.key for key in keys if isinstance(key, ProjectKey)],
            "project_keys": [key.project_key for key in tasks],
            "numbers": [key.number for key in tasks],
        }
        records = await self._database.fetch(_IDS, parameters)
        return {ProjectKey(key) if number is None else TaskKey(key, number): id for key, number, id in records}
