"""Correct the note or the times of a time entry."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.versions import require_version

from taskhub_time_tracking.application.ports import TimeTrackingUnitOfWork
from taskhub_time_tracking.domain.time_entry import TimeEntry


@dataclass(frozen=True, slots=True)
class ChangeTimeEntry:
    """``changes`` may contain ``note``, ``started_at`` and ``stopped_at``. ``manages``: as in `StopTimeEntry`."""

    workspace_id: UUID
    id: UUID
    changes: dict[str, Any]
    actor_id: UUID
    manages: bool
    expected: Expected


async def change_time_entry(
    command: ChangeTimeEntry, uow: TimeTrackingUnitOfWork, *, clock: Clock, max_duration: timedelta
) -> TimeEntry:
    """Raises:
    NotFound
    NotAllowed
    StaleVersion
    ValidationFailed
    TimeEntryTooLong
    """
    entry = await uow.time_entries.get(command.workspace_id, command.id)
    entry.require_right(command.actor_id, manages=command.manages)
    require_version(entry, command.expected)
    entry.change(max_duration=max_duration, now=clock(), **command.changes)
    return entry
