"""Delete a time entry."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.versions import require_version

from taskhub_time_tracking.application.ports import TimeTrackingUnitOfWork


@dataclass(frozen=True, slots=True)
class DeleteTimeEntry:
    """``manages``: as in `StopTimeEntry`."""

    workspace_id: UUID
    id: UUID
    actor_id: UUID
    manages: bool
    expected: Expected


async def delete_time_entry(command: DeleteTimeEntry, uow: TimeTrackingUnitOfWork, *, clock: Clock) -> None:
    """Raises:
    NotFound
    NotAllowed
    StaleVersion
    """
    entry = await uow.time_entries.get(command.workspace_id, command.id)
    entry.require_right(command.actor_id, manages=command.manages)
    require_version(entry, command.expected)
    entry.delete(clock())
    uow.time_entries.remove(entry)
