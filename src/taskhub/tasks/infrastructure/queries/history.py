"""The history of a task, read from the event log: its own events, and those of the comments on it, deleted ones too."""

from functools import lru_cache
from uuid import UUID

import msgspec
from sqlalchemy import Text, cast, func, select, true, union_all

from taskhub.kernel.application.pages import PageRequest, PageSlice
from taskhub.kernel.domain.errors import NotFound
from taskhub.kernel.infrastructure.event_log.log_head import log_head
from taskhub.kernel.infrastructure.event_log.tables import EventRow, StreamRow
from taskhub.kernel.infrastructure.postgres.connection import Record
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.queries import LATEST_FIRST, HistorySort
from taskhub.tasks.application.views import HistoryEntry
from taskhub.tasks.contract.references import TaskRef
from taskhub.tasks.infrastructure.mappings import COMMENTS, TASKS
from taskhub.tasks.infrastructure.queries.sorting import ORDERS
from taskhub.tasks.infrastructure.task_lookup import TASK_BY_REF, WORKSPACE_ID, ref_type, task_parameters

_tasks, _comments, _events = TASKS.table.c, COMMENTS.table.c, table_of(EventRow).c
_streams = table_of(StreamRow).c
_REMOVED_UNTIL = select(_streams.removed_until).where(_streams.stream_id == WORKSPACE_ID).scalar_subquery()


@lru_cache(maxsize=4)
def _list(kind: type, goes_on: bool) -> Statement:
    """At least one row, if the task is there."""
    task = select(_tasks.id).where(_tasks.workspace_id == WORKSPACE_ID, TASK_BY_REF[kind]).cte("task")
    of_comments = select(_comments.id).where(_comments.workspace_id == WORKSPACE_ID, _comments.task_id == task.c.id)
    subjects = func.array(union_all(select(task.c.id), of_comments.select_from(COMMENTS.table, task)).scalar_subquery())
    events = select(
        _events.seq,
        _events.type,
        _events.occurred_at,
        _events.actor_id,
        _events.entity_version,
        cast(_events.changes, Text).label("changes"),
    ).where(_events.stream_id == WORKSPACE_ID, _events.entity_id == func.any(subjects), _events.seq > _REMOVED_UNTIL)
    event = ORDERS.page(events, LATEST_FIRST, _events, goes_on=goes_on).subquery("event")
    listed = select(*event.c, log_head(WORKSPACE_ID)).select_from(task.outerjoin(event, true()))
    return Statement(listed.order_by(*ORDERS.sorted_by(LATEST_FIRST, event.c)))


class SqlHistoryQueries:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, workspace_id: UUID, task: TaskRef, page: PageRequest[HistorySort]) -> PageSlice[HistoryEntry]:
        parameters = {"workspace_id": workspace_id, **task_parameters(task), **ORDERS.page_parameters(page)}
        records = await self._database.fetch(_list(ref_type(task), page.after is not None), parameters)
        if not records:
            raise NotFound
        return ORDERS.slice_of(records, page, _entry_of)


def _entry_of(record: Record) -> HistoryEntry:
    seq, type_, occurred_at, actor_id, version, changes, *_ = record
    return HistoryEntry(seq, type_, occurred_at, actor_id, version, msgspec.json.decode(changes))
