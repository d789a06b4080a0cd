"""The representations: the same JSON in responses, lists and the event log."""

from uuid import UUID

import msgspec
from taskhub.kernel.application.representations import shows

from taskhub_time_tracking.domain.time_entry import TimeEntry


@shows(TimeEntry)
class TimeEntryView(msgspec.Struct, frozen=True):
    """What `TimeEntry` has, and ``seconds``: how long it was; None while it runs."""

    id: UUID
    workspace_id: UUID
    seconds: int | None


class TaskTimeView(msgspec.Struct, frozen=True):
    """The time that was spent on a task."""

    task_id: UUID
    seconds: int
    entries: int


class MemberTimeView(msgspec.Struct, frozen=True):
    """The time that a member, or a former one, has spent."""

    user_id: UUID
    seconds: int
    entries: int
