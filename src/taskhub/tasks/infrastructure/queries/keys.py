"""What keys stand for, many at once."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, func, null, select, union_all

from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.contract.references import Key, ProjectKey, TaskKey
from taskhub.tasks.infrastructure.mappings import PROJECTS
from taskhub.tasks.infrastructure.task_lookup import IDS_OF_KEYS, WORKSPACE_ID, key_parameters

_projects = PROJECTS.table.c


_IDS = Statement(
    union_all(
        select(_projects.key, null().label("number"), _projects.id).where(
            _projects.workspace_id == WORKSPACE_ID, _projects.key == func.any(bindparam("keys", type_=ARRAY(Text())))
        ),
        *IDS_OF_KEYS,
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
