"""Time entries, read: lists and reports. A statement is made once for each set of filters and compiled once."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ColumnElement, DateTime, Select, Uuid, bindparam, cast, extract, func, select
from taskhub.kernel.application.pages import PageRequest, PageSlice, SortOrder
from taskhub.kernel.infrastructure.postgres.connection import Parameters
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.pages import Orders, SortColumn
from taskhub.kernel.infrastructure.postgres.statements import Statement

from taskhub_time_tracking.application.queries import ReportSort, TimeEntryFilter, TimeEntrySort
from taskhub_time_tracking.application.views import MemberTimeView, TaskTimeView, TimeEntryView
from taskhub_time_tracking.infrastructure.mappings import TIME_ENTRIES

_entries = TIME_ENTRIES.table.c
_IN_WORKSPACE = _entries.workspace_id == bindparam("workspace_id", type_=Uuid())
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "task_ids": _entries.task_id == func.any(bindparam("task_ids", type_=ARRAY(Uuid()))),
    "user_ids": _entries.user_id == func.any(bindparam("user_ids", type_=ARRAY(Uuid()))),
    "started_after": _entries.started_at >= bindparam("started_after", type_=DateTime(timezone=True)),
    "started_before": _entries.started_at < bindparam("started_before", type_=DateTime(timezone=True)),
}
_IS_STOPPED = _entries.stopped_at.is_not(None)
_RUNNING = {None: (), True: (_entries.stopped_at.is_(None),), False: (_IS_STOPPED,)}
_SECONDS = cast(func.sum(func.floor(extract("epoch", _entries.stopped_at - _entries.started_at))), BigInteger())

_ID = SortColumn("id")
_ORDERS = Orders(
    {
        TimeEntrySort.STARTED_AT: (SortColumn("started_at"), _ID),
        ReportSort.TASK_SECONDS: (SortColumn("seconds"), SortColumn("task_id")),
        ReportSort.MEMBER_SECONDS: (SortColumn("seconds"), SortColumn("user_id")),
    }
)
_ENTRY = Statement(
    select(*(_entries[name] for name in TIME_ENTRIES.view_columns)).where(
        _IN_WORKSPACE, _entries.id == bindparam("id", type_=Uuid())
    )
)


def _given(filters: TimeEntryFilter) -> Parameters:
    return {name: value for name in _CONDITIONS if (value := getattr(filters, name)) is not None}


def _filtered(query: Select[Any], given: frozenset[str], running: bool | None) -> Select[Any]:
    return query.where(_IN_WORKSPACE, *(_CONDITIONS[name] for name in sorted(given)), *_RUNNING[running])


@lru_cache(maxsize=256)
def _list(given: frozenset[str], running: bool | None, order: SortOrder[TimeEntrySort], goes_on: bool) -> Statement:
    found = _filtered(select(*(_entries[name] for name in TIME_ENTRIES.view_columns)), given, running)
    return Statement(_ORDERS.page(found, order, _entries, goes_on=goes_on))


@lru_cache(maxsize=128)
def _report(by: str, given: frozenset[str], order: SortOrder[ReportSort], goes_on: bool) -> Statement:
    counted = select(_entries[by], _SECONDS.label("seconds"), func.count().label("entries")).group_by(_entries[by])
    sums = _filtered(counted, given, running=False).subquery("sums")
    return Statement(_ORDERS.page(select(*sums.c), order, sums.c, goes_on=goes_on))


class SqlTimeEntryQueries:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, workspace_id: UUID, id: UUID) -> TimeEntryView | None:
        record = await self._database.fetch_row(_ENTRY, {"workspace_id": workspace_id, "id": id})
        return None if record is None else TIME_ENTRIES.show(record)

    async def list(
        self, workspace_id: UUID, filters: TimeEntryFilter, page: PageRequest[TimeEntrySort]
    ) -> PageSlice[TimeEntryView]:
        given = _given(filters)
        statement = _list(frozenset(given), filters.running, page.order, page.after is not None)
        return await self._page(statement, workspace_id, given, page, TIME_ENTRIES.show)

    async def by_task(
        self, workspace_id: UUID, filters: TimeEntryFilter, page: PageRequest[ReportSort]
    ) -> PageSlice[TaskTimeView]:
        given = _given(filters)
        statement = _report("task_id", frozenset(given), page.order, page.after is not None)
        return await self._page(statement, workspace_id, given, page, lambda row: TaskTimeView(*row))

    async def by_member(
        self, workspace_id: UUID, filters: TimeEntryFilter, page: PageRequest[ReportSort]
    ) -> PageSlice[MemberTimeView]:
        given = _given(filters)
        statement = _report("user_id", frozenset(given), page.order, page.after is not None)
        return await self._page(statement, workspace_id, given, page, lambda row: MemberTimeView(*row))

    async def _page(
        self, statement: Statement, workspace_id: UUID, given: Parameters, page: PageRequest[Any], view: Callable[[Any], Any]
    ) -> PageSlice[Any]:
        parameters = {"workspace_id": workspace_id, **given, **_ORDERS.page_parameters(page)}
        return _ORDERS.slice_of(await self._database.fetch(statement, parameters), page, view)
