"""Delete the time entries on a task that was purged."""

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.contract.events import Event
from taskhub.tasks.contract.events import TASK_PURGED

from taskhub_time_tracking.application.ports import TimeTrackingUnitOfWork

BATCH_SIZE = 200


class DeleteWithTask:
    """Each has an event of its own, and what it was about is removed from the log, as it is for the task."""

    name = "time_tracking.delete_with_task"
    types = frozenset({TASK_PURGED})

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def handle(self, event: Event, uow: TimeTrackingUnitOfWork) -> bool:
        entries = await uow.time_entries.find_of_task(event.stream_id, event.entity_id, limit=BATCH_SIZE)
        for entry in entries:
            entry.delete(self._clock())
            uow.time_entries.remove(entry)
        if entries:
            await uow.redact(event.stream_id, [entry.id for entry in entries])
        return len(entries) < BATCH_SIZE
