"""Stop the time entries on a task that was closed or went to the trash."""

from datetime import timedelta

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.contract.events import Event
from taskhub.tasks.contract.events import CLOSING, TASK_TRASHED, TaskEvent

from taskhub_time_tracking.application.ports import TimeTrackingUnitOfWork

BATCH_SIZE = 200


class StopWithTask:
    """They end when the task did, which is a little before this is called.

    If the task is open again by now, those that were started since run on. That the task is over is looked up after the entries
    were: an entry is only started on an open task, so those that were found were started before.
    """

    name = "time_tracking.stop_with_task"
    types = CLOSING | {TASK_TRASHED}

    def __init__(self, clock: Clock, max_duration: timedelta) -> None:
        self._clock = clock
        self._max_duration = max_duration

    async def handle(self, event: Event, uow: TimeTrackingUnitOfWork) -> bool:
        if event.type != TASK_TRASHED and not TaskEvent.of(event).is_closing:
            return True
        running = await uow.time_entries.find_running(event.stream_id, event.entity_id, limit=BATCH_SIZE)
        if not running:
            return True
        task = (await uow.tasks.find(event.stream_id, [event.entity_id])).get(event.entity_id)
        is_open = task is not None and not task.is_closed
        over = [entry for entry in running if not is_open or entry.started_at <= event.occurred_at]
        for entry in over:
            entry.stop(event.occurred_at, max_duration=self._max_duration, now=self._clock())
        return len(over) < BATCH_SIZE
