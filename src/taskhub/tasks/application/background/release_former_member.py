"""Take someone who has left the workspace off their tasks."""

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.contract.events import Event
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.workspaces.contract.events import MEMBER_REMOVED, user_of

BATCH_SIZE = 200


class ReleaseFormerMember:
    """Subscribes to members who were removed or have left. Someone who is back by now keeps their tasks."""

    name = "tasks.release_former_member"
    types = frozenset({MEMBER_REMOVED})

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def handle(self, event: Event, uow: TasksUnitOfWork) -> bool:
        user_id = user_of(event)
        if await uow.memberships.require(event.stream_id, [user_id]):
            return True
        tasks = await uow.tasks.find_assigned(user_id, event.stream_id, limit=BATCH_SIZE)
        now = self._clock()
        for task in tasks:
            task.unassign_former_member(user_id, now=now)
        return len(tasks) < BATCH_SIZE
