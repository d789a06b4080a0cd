"""What keys stand for, many at once."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, func, null, select, union_all

from taskhub.kernel.infrastructure.event_log.log_head import with_log_head
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.queries import FoundIds
from taskhub.tasks.contract.references import Key, ProjectKey
from taskhub.tasks.infrastructure.mappings import PROJECTS
from taskhub.tasks.infrastructure.task_lookup import IDS_OF_KEYS, NO_DIGEST, WORKSPACE_ID, GivenKeys

_projects = PROJECTS.table.c


_IDS = Statement(
    with_log_head(
        union_all(
            select(_projects.key, null().label("number"), NO_DIGEST, _projects.id).where(
                _projects.workspace_id == WORKSPACE_ID, _projects.key == func.any(bindparam("keys", type_=ARRAY(Text())))
            ),
            *IDS_OF_KEYS,
        ),
        WORKSPACE_ID,
    )
)


class SqlKeyQueries:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def ids(self, workspace_id: UUID, keys: Collection[Key]) -> FoundIds:
        projects = [key.key for key in keys if isinstance(key, ProjectKey)]
        tasks = GivenKeys(keys)
        records = await self._database.fetch(_IDS, {"workspace_id": workspace_id, "keys": projects, **tasks.parameters})
        ids = {
            ProjectKey(key) if key is not None and number is None else tasks.key_of(key, number, digest): id
            for key, number, digest, id, _ in records
            if id is not None
        }
        return FoundIds(ids, records[0][-1])
