"""Subtasks: which task stands under which."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.domain.errors import Fault, UnknownReference
from taskhub.tasks.domain.errors import Cycle, TooDeep

MAX_LEVELS = 5


@dataclass(frozen=True, slots=True)
class Node:
    """A task as far as it matters here. One in the trash is not live: nothing new is put under it."""

    id: UUID
    parent_id: UUID | None
    project_id: UUID
    is_live: bool = True


class Hierarchy:
    """A part of the trees of tasks: all ancestors of the tasks that are to be parents, all descendants of those that get one.

    Whoever changes it sees to it that nobody else does at the same time, and applies the changes in their order.
    """

    def __init__(self, nodes: Iterable[Node] = ()) -> None:
        self._nodes: dict[UUID, Node] = {}
        self._children: defaultdict[UUID | None, set[UUID]] = defaultdict(set)
        for node in nodes:
            self.put(node)

    def put(self, node: Node) -> None:
        """Adds a task, or changes where it stands, without a question."""
        if (former := self._nodes.get(node.id)) is not None:
            self._children[former.parent_id].discard(node.id)
        self._nodes[node.id] = node
        self._children[node.parent_id].add(node.id)

    def check(self, node: Node) -> None:
        """Whether a task may stand where the node says.

        Raises:
            UnknownReference: the parent is no task of the project.
            Cycle
            TooDeep
        """
        if node.parent_id is None:
            return
        parent = self._nodes.get(node.parent_id)
        if parent is None or not parent.is_live or parent.project_id != node.project_id:
            raise UnknownReference(Fault("unknown_reference", "no task of this project", pointer="/parent_id"))
        line = self._ancestry(node.parent_id)
        if node.id in line:
            raise Cycle([node.id, *line[: line.index(node.id) + 1]])
        if len(line) + self._height(node.id) > MAX_LEVELS:
            raise TooDeep(MAX_LEVELS)

    def _ancestry(self, id: UUID) -> list[UUID]:
        """A task and its ancestors, upwards."""
        line = []
        next_id: UUID | None = id
        while next_id is not None:
            line.append(next_id)
            next_id = self._nodes[next_id].parent_id
        return line

    def _height(self, id: UUID) -> int:
        """How many levels a task and its descendants take."""
        return 1 + max(map(self._height, self._children.get(id, ())), default=0)
