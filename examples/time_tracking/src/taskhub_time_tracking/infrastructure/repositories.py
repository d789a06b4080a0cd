"""Time entries, loaded whole."""

from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, select
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.repository import SqlRepository

from taskhub_time_tracking.domain.time_entry import TimeEntry
from taskhub_time_tracking.infrastructure.mappings import TIME_ENTRIES

_entries = TIME_ENTRIES.table.c
_OF_TASK = (
    select(*TIME_ENTRIES.columns)
    .where(
        _entries.workspace_id == bindparam("workspace_id", type_=Uuid()), _entries.task_id == bindparam("task_id", type_=Uuid())
    )
    .order_by(_entries.started_at, _entries.id)
    .limit(bindparam("limit", type_=Integer()))
    .with_for_update()
)
_FIND_OF_TASK = Statement(_OF_TASK)
_FIND_RUNNING = Statement(_OF_TASK.where(_entries.stopped_at.is_(None)))


class SqlTimeEntryRepository(SqlRepository[TimeEntry]):
    mapping = TIME_ENTRIES

    async def find_running(self, workspace_id: UUID, task_id: UUID, *, limit: int) -> list[TimeEntry]:
        parameters = {"workspace_id": workspace_id, "task_id": task_id, "limit": limit}
        return await self._load_all(_FIND_RUNNING, parameters)

    async def find_of_task(self, workspace_id: UUID, task_id: UUID, *, limit: int) -> list[TimeEntry]:
        parameters = {"workspace_id": workspace_id, "task_id": task_id, "limit": limit}
        return await self._load_all(_FIND_OF_TASK, parameters)
