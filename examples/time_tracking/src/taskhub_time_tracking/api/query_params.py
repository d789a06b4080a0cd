"""The query parameters of reads, and their translation to filters and orders."""

from typing import Any, Literal
from uuid import UUID

import msgspec
from pydantic import Field
from taskhub.kernel.api.pages import Pages
from taskhub.kernel.api.query_params import MAX_VALUES, Flag, PageParams
from taskhub.kernel.api.request import ME, ApiRequest
from taskhub.kernel.api.types import Instant
from taskhub.kernel.application.pages import SortOrder

from taskhub_time_tracking.api.module import module_of
from taskhub_time_tracking.api.types import MemberIdOrMe, TaskIdOrKey
from taskhub_time_tracking.application.queries import POSITIONS, TimeEntryFilter, TimeEntrySort

Values: Any = Field(default=(), max_length=MAX_VALUES)
page_of = Pages(POSITIONS).of


class ReportParams(PageParams):
    task_id: list[TaskIdOrKey] = Values
    user_id: list[MemberIdOrMe] = Values
    started_after: Instant | None = None
    started_before: Instant | None = None

    async def filters(self, request: ApiRequest, workspace_id: UUID) -> TimeEntryFilter:
        """Keys of tasks are looked up, if there are any, in one round trip. One that is unknown finds nothing."""
        return TimeEntryFilter(
            task_ids=await self._task_ids(request, workspace_id) if self.task_id else None,
            user_ids=tuple(request.caller.user_id if id == ME else id for id in self.user_id) or None,
            started_after=self.started_after,
            started_before=self.started_before,
        )

    async def _task_ids(self, request: ApiRequest, workspace_id: UUID) -> tuple[UUID, ...]:
        keys = [ref for ref in self.task_id if not isinstance(ref, UUID)]
        found = await module_of(request).task_reader().find(workspace_id, keys) if keys else {}
        return (*(ref for ref in self.task_id if isinstance(ref, UUID)), *(task.id for task in found.values()))


class TimeEntryListParams(ReportParams):
    running: Flag | None = None
    sort: Literal["started_at", "-started_at"] = "-started_at"

    @property
    def order(self) -> SortOrder[TimeEntrySort]:
        return SortOrder(TimeEntrySort.STARTED_AT, descending=self.sort.startswith("-"))

    async def filters(self, request: ApiRequest, workspace_id: UUID) -> TimeEntryFilter:
        found = await super().filters(request, workspace_id)
        return msgspec.structs.replace(found, running=self.running)
