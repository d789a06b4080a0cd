"""This module's unit of work."""

from collections.abc import Callable, Iterable
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, delete, literal, select
from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.event_log.redaction import redact
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.tasks.contract.tasks import Tasks

from taskhub_time_tracking.infrastructure.mappings import TIME_ENTRIES
from taskhub_time_tracking.infrastructure.repositories import SqlTimeEntryRepository

_table, _entries = TIME_ENTRIES.table, TIME_ENTRIES.table.c
_IN_WORKSPACE = _entries.workspace_id == bindparam("workspace_id", type_=Uuid())
_SOME = select(_entries.id).where(_IN_WORKSPACE).limit(bindparam("limit", type_=Integer()))
_REMOVE = Statement(delete(_table).where(_IN_WORKSPACE, _entries.id.in_(_SOME)).returning(literal(1)))


class SqlTimeTrackingUnitOfWork(SqlUnitOfWork):
    def __init__(
        self, database: Database, notifier: EventNotifier, tasks: Callable[[SqlUnitOfWork], Tasks], attempt: Attempt
    ) -> None:
        super().__init__(database, notifier, attempt)
        self._tasks = tasks

    @property
    def time_entries(self) -> SqlTimeEntryRepository:
        return SqlTimeEntryRepository(self)

    @property
    def tasks(self) -> Tasks:
        return self._tasks(self)

    async def redact(self, workspace_id: UUID, ids: Iterable[UUID]) -> None:
        await redact(self, workspace_id, ids)

    async def remove_workspace_rows(self, workspace_id: UUID, *, limit: int) -> int:
        return len(await self.write(_REMOVE, {"workspace_id": workspace_id, "limit": limit}))
