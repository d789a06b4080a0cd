"""Reads of time entries, with their filters and orders."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Protocol
from uuid import UUID

import msgspec
from taskhub.kernel.application.pages import PageRequest, PageSlice, SortOrder

from taskhub_time_tracking.application.views import MemberTimeView, TaskTimeView, TimeEntryView


class TimeEntrySort(Enum):
    STARTED_AT = "started_at"


class ReportSort(Enum):
    """What the rows of a report are sorted by: tasks and members with the same sum by their ids."""

    TASK_SECONDS = "task_seconds"
    MEMBER_SECONDS = "member_seconds"


_Seconds = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
POSITIONS: dict[Enum, Any] = {
    TimeEntrySort.STARTED_AT: tuple[datetime, UUID],
    ReportSort.TASK_SECONDS: tuple[_Seconds, UUID],
    ReportSort.MEMBER_SECONDS: tuple[_Seconds, UUID],
}
"""The type of a position in each order."""

MOST_TIME_BY_TASK = SortOrder(ReportSort.TASK_SECONDS, descending=True)
MOST_TIME_BY_MEMBER = SortOrder(ReportSort.MEMBER_SECONDS, descending=True)


class TimeEntryFilter(msgspec.Struct, frozen=True):
    """Finds entries that match all fields that are set. Of a field with several values, one has to match.

    Attributes:
        task_ids: None for those of all tasks; without any value there are none to be found.
        user_ids: None for those of all members.
        started_after: inclusive.
        started_before: exclusive.
        running: whether they are not stopped yet.
    """

    task_ids: tuple[UUID, ...] | None = None
    user_ids: tuple[UUID, ...] | None = None
    started_after: datetime | None = None
    started_before: datetime | None = None
    running: bool | None = None


class TimeEntryQueries(Protocol):
    """One round trip each. Reports count what is stopped."""

    async def find(self, workspace_id: UUID, id: UUID) -> TimeEntryView | None: ...

    async def list(
        self, workspace_id: UUID, filters: TimeEntryFilter, page: PageRequest[TimeEntrySort]
    ) -> PageSlice[TimeEntryView]: ...

    async def by_task(
        self, workspace_id: UUID, filters: TimeEntryFilter, page: PageRequest[ReportSort]
    ) -> PageSlice[TaskTimeView]: ...

    async def by_member(
        self, workspace_id: UUID, filters: TimeEntryFilter, page: PageRequest[ReportSort]
    ) -> PageSlice[MemberTimeView]: ...
