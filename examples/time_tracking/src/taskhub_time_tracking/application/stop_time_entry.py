"""Stop a running time entry."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.versions import require_version

from taskhub_time_tracking.application.ports import TimeTrackingUnitOfWork
from taskhub_time_tracking.domain.time_entry import TimeEntry


@dataclass(frozen=True, slots=True)
class StopTimeEntry:
    """``manages``: whether the caller may stop the entries of others."""

    workspace_id: UUID
    id: UUID
    actor_id: UUID
    manages: bool
    expected: Expected


async def stop_time_entry(
    command: StopTimeEntry, uow: TimeTrackingUnitOfWork, *, clock: Clock, max_duration: timedelta
) -> TimeEntry:
    """Allowed whatever became of its task: one that runs can always be stopped.

    Raises:
        NotFound
        NotAllowed
        StaleVersion
    """
    entry = await uow.time_entries.get(command.workspace_id, command.id)
    entry.require_right(command.actor_id, manages=command.manages)
    require_version(entry, command.expected)
    now = clock()
    entry.stop(now, max_duration=max_duration, now=now)
    return entry
