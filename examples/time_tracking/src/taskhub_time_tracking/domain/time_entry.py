"""Time that a member spends on a task."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.domain.errors import Fault, NotAllowed, ValidationFailed

from taskhub_time_tracking.contract.events import (
    TIME_ENTRY_CHANGED,
    TIME_ENTRY_DELETED,
    TIME_ENTRY_RESTORED,
    TIME_ENTRY_STARTED,
    TIME_ENTRY_STOPPED,
)
from taskhub_time_tracking.domain.errors import TimeEntryTooLong


@dataclass(eq=False)
class TimeEntry(Aggregate):
    """``stopped_at`` is None while it runs. A member has at most one running entry in a workspace: the database sees to that."""

    entity_type: ClassVar[str] = "time_entry"

    workspace_id: UUID
    id: UUID
    task_id: UUID
    user_id: UUID
    note: str | None
    started_at: datetime
    stopped_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def start(cls, *, workspace_id: UUID, id: UUID, task_id: UUID, user_id: UUID, note: str | None, now: datetime) -> "TimeEntry":
        entry = cls(workspace_id, id, task_id, user_id, note, now, None, 1, now, now)
        entry._record(TIME_ENTRY_STARTED)
        return entry

    @classmethod
    def restore(cls, version: int, now: datetime, **values: Any) -> "TimeEntry":
        """One that was deleted, and is back under its id. ``version``: that of its deletion, which it goes on from."""
        entry = cls(version=version + 1, updated_at=now, **values)
        entry._record(TIME_ENTRY_RESTORED)
        return entry

    @property
    def stream_id(self) -> UUID:
        return self.workspace_id

    def require_right(self, actor_id: UUID, *, manages: bool) -> None:
        """``manages``: whether the actor may change the time of others.

        Raises:
            NotAllowed
        """
        if actor_id != self.user_id and not manages:
            raise NotAllowed("Only the member whose time it is, and admins, can stop, change or delete a time entry.")

    def stop(self, at: datetime, *, max_duration: timedelta, now: datetime) -> None:
        """Stops it at an instant, or at its greatest length if it was forgotten. One that is stopped stays as it is."""
        if self.stopped_at is None:
            stopped_at = min(max(at, self.started_at), self.started_at + max_duration)
            self._change(TIME_ENTRY_STOPPED, now, stopped_at=stopped_at)

    def change(self, *, max_duration: timedelta, now: datetime, **values: Any) -> None:
        """``values``: some of ``note``, ``started_at`` and ``stopped_at``. A running entry that gets its end is stopped by that.

        Raises:
            ValidationFailed: it would end before it starts, or in the future.
            TimeEntryTooLong
        """
        was_running = self.stopped_at is None
        self._check(values.get("started_at", self.started_at), values.get("stopped_at", self.stopped_at), max_duration, now)
        self._change(TIME_ENTRY_CHANGED, now, **values)
        if was_running and self.stopped_at is not None:
            self._record(TIME_ENTRY_STOPPED)

    def delete(self, now: datetime) -> None:
        """Records that it was deleted."""
        self.updated_at = now
        self._record(TIME_ENTRY_DELETED)

    @staticmethod
    def _check(started_at: datetime, stopped_at: datetime | None, max_duration: timedelta, now: datetime) -> None:
        times = {"started_at": started_at, "stopped_at": stopped_at}
        late = [name for name, instant in times.items() if instant is not None and instant > now]
        if late:
            raise ValidationFailed(
                *(Fault("in_the_future", "Expected an instant that is over.", pointer=f"/{name}") for name in late)
            )
        if stopped_at is None:
            return
        if stopped_at < started_at:
            raise ValidationFailed(Fault("ends_before_start", "The entry would end before it starts.", pointer="/stopped_at"))
        if stopped_at - started_at > max_duration:
            raise TimeEntryTooLong(max_duration)


def seconds_between(stopped_at: datetime, started_at: datetime) -> int:
    """The length of a stopped entry, in full seconds."""
    return (stopped_at - started_at) // timedelta(seconds=1)
