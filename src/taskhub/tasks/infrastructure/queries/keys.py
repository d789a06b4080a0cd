"""What keys stand for, many at once."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, Select, Table, Text, bindparam, func, null, select, union_all

from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.contract.references import Key, ProjectKey, TaskKey
from taskhub.tasks.infrastructure.mappings import PROJECTS, TASKS
from taskhub.tasks.infrastructure.rows import FormerKeyRow
from taskhub.tasks.infrastructure.task_lookup import TASK_KEYS, WORKSPACE_ID, is_named_in_keys, key_parameters

_projects = PROJECTS.table.c


def _tasks_of(table: Table, id: str) -> Select[tuple[str, int, UUID]]:
    return (
        select(table.c.project_key, table.c.number, table.c[id])
        .join(TASK_KEYS, is_named_in_keys(table.c))
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
        parameters = {
            "workspace_id": workspace_id,
            "keys": [key.key for key in keys if isinstance(key, ProjectKey)],
            **key_parameters(key for key in keys if isinstance(key, TaskKey)),
        }
        records = await self._database.fetch(_IDS, parameters)
        return {ProjectKey(key) if number is None else TaskKey(key, number): id for key, number, id in records}
