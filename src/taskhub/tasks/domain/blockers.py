"""Blockers: which task waits for which."""

from collections import deque
from collections.abc import Iterable, Mapping
from uuid import UUID

from taskhub.kernel.domain.errors import Fault, UnknownReference
from taskhub.tasks.domain.errors import Cycle

MAX_BLOCKERS = 100


class Blockers:
    """A part of the graph of a workspace: all that can be reached from the tasks that are to block another.

    Whoever changes it sees to it that nobody else does at the same time, and applies the changes in their order.

    Attributes:
        blocked_by: the blockers of each task, in the trash or not.
        live: those that are not in the trash: only they come to block another.
    """

    def __init__(self, blocked_by: Mapping[UUID, Iterable[UUID]] | None = None, live: Iterable[UUID] = ()) -> None:
        self.blocked_by = {id: tuple(blockers) for id, blockers in (blocked_by or {}).items()}
        self.live = set(live)

    def block(self, id: UUID, blocker_ids: tuple[UUID, ...], *, before: tuple[UUID, ...]) -> None:
        """Gives a task its blockers. Those that it had before are not looked at again.

        Raises:
            UnknownReference: one of them is no task of the workspace.
            Cycle
        """
        faults = [
            Fault("unknown_reference", "no task of this workspace", pointer=f"/blocked_by_ids/{index}")
            for index, blocker_id in enumerate(blocker_ids)
            if blocker_id not in before and blocker_id not in self.live
        ]
        if faults:
            raise UnknownReference(*faults)
        for blocker_id in blocker_ids:
            if blocker_id not in before and (way := self._path(blocker_id, id)):
                raise Cycle([id, *way])
        self.blocked_by[id] = blocker_ids
        self.live.add(id)

    def _path(self, origin: UUID, target: UUID) -> list[UUID] | None:
        """The shortest way from a task to another, from blocked to blocker."""
        came_from: dict[UUID, UUID | None] = {origin: None}
        queue = deque([origin])
        while queue:
            id = queue.popleft()
            if id == target:
                return _path_to(came_from, id)
            for blocker_id in self.blocked_by.get(id, ()):
                if blocker_id not in came_from:
                    came_from[blocker_id] = id
                    queue.append(blocker_id)
        return None


def _path_to(came_from: Mapping[UUID, UUID | None], id: UUID) -> list[UUID]:
    way = []
    next_id: UUID | None = id
    while next_id is not None:
        way.append(next_id)
        next_id = came_from[next_id]
    return way[::-1]
