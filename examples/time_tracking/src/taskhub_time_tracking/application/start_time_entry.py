"""Start to work on a task."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.domain.errors import Fault, NotFound, UnknownReference
from taskhub.tasks.contract.references import TaskRef

from taskhub_time_tracking.application.ports import TimeTrackingUnitOfWork
from taskhub_time_tracking.domain.errors import TaskClosed
from taskhub_time_tracking.domain.time_entry import TimeEntry


@dataclass(frozen=True, slots=True)
class StartTimeEntry:
    workspace_id: UUID
    id: UUID
    task: TaskRef
    note: str | None
    actor_id: UUID


async def start_time_entry(command: StartTimeEntry, uow: TimeTrackingUnitOfWork, *, clock: Clock) -> TimeEntry:
    """That another entry of the member runs is seen at commit, by a constraint: nothing is looked up for it.

    Raises:
        UnknownReference: no such task.
        ProjectArchived
        TaskClosed
        TimeEntryRunning
        IdTaken
    """
    try:
        task = await uow.tasks.require(command.workspace_id, command.task, keep_unclosed=True)
    except NotFound as missing:
        fault = Fault("unknown_reference", "There is no such task in this workspace.", pointer="/task_id")
        raise UnknownReference(fault) from missing
    if task.is_closed:
        raise TaskClosed
    entry = TimeEntry.start(
        workspace_id=command.workspace_id,
        id=command.id,
        task_id=task.id,
        user_id=command.actor_id,
        note=command.note,
        now=clock(),
    )
    uow.time_entries.add(entry)
    return entry
