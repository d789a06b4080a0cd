"""The events of this module that other modules may react to.

All of them stand in the log of their workspace: ``stream_id`` is the workspace's id, ``entity_id`` that of the task. What a task
takes along, or is taken along by, has an event of its own each: subtasks, and the tasks of a project that goes to the trash.
"""

from taskhub.kernel.contract.event_content import EventContent

TASK_CREATED = "task.created"
TASK_UPDATED = "task.updated"
TASK_MOVED = "task.moved"
"""It got another place in its project or went over to another one, and may have got another status with that."""
TASK_TRASHED = "task.trashed"
TASK_RESTORED = "task.restored"
TASK_PURGED = "task.purged"
"""The last event of a task: it was deleted permanently, from the trash.

Modules with rows that belong to tasks say so in `Module.rows`, and delete them in a subscriber to this event.
"""

CLOSING = frozenset({TASK_UPDATED, TASK_MOVED, TASK_TRASHED, TASK_RESTORED})
"""The types of events by which a task that was there before may be closed or reopened. One may also be created closed.

The trash alone does neither; an undo that gives a task its former status, too, has one event for both.
"""


class TaskEvent(EventContent, frozen=True):
    """What an event tells of its task: ``TaskEvent.of(event).is_closing``."""

    @property
    def is_closing(self) -> bool:
        """Whether the task is done or cancelled since this event. So is one that was created closed (`TASK_CREATED`)."""
        closed_at = self.change("closed_at")
        return closed_at is not None and closed_at[0] is None

    @property
    def is_reopening(self) -> bool:
        """Whether the task was done or cancelled until this event, and is neither now."""
        closed_at = self.change("closed_at")
        return closed_at is not None and closed_at[1] is None
