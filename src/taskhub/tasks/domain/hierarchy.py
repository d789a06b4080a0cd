"""Subtasks: the trees of tasks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.domain.errors import Fault, UnknownReference
from taskhub.tasks.domain.errors import Cycle, TooDeep

MAX_LEVELS = 5


@dataclass(frozen=True, slots=True)
class Node:
    """A task in the tree. ``is_live``: it is not in the trash, and can get new subtasks."""

    id: UUID
    parent_id: UUID | None
    project_id: UUID
    is_live: bool = True


class Hierarchy:
    """A part of the trees: all ancestors of the new parents, and all descendants of the tasks that get a new parent.

    The caller has to lock the trees, and to apply changes one after the other.
    """

    def __init__(self, nodes: Iterable[Node] = ()) -> None:
        self._nodes: dict[UUID, Node] = {}
        self._children: defaultdict[UUID | None, set[UUID]] = defaultdict(set)
        for node in nodes:
            self.put(node)

    def put(self, node: Node) -> None:
        """Adds a task, or changes its parent, without checks."""
        if (former := self._nodes.get(node.id)) is not None:
            self._children[former.parent_id].discard(node.id)
        self._nodes[node.id] = node
        self._children[node.parent_id].add(node.id)

    def node(self, id: UUID) -> Node | None:
        return self._nodes.get(id)

    def children(self, id: UUID) -> list[Node]:
        """Its subtasks of the next level, in the trash or not."""
        return [self._nodes[child] for child in sorted(self._children.get(id, ()))]

    def check(self, node: Node) -> None:
        """Checks that a task may have the parent in its node.

        Raises:
            UnknownReference: the parent is not a task of the project.
            Cycle
            TooDeep
        """
        if node.parent_id is None:
            return
        parent = self._nodes.get(node.parent_id)
        if parent is None or not parent.is_live or parent.project_id != node.project_id:
            raise UnknownReference(Fault("unknown_reference", "There is no such task in this project.", pointer="/parent_id"))
        line = self._ancestry(node.parent_id)
        if node.id in line:
            raise Cycle([node.id, *line[: line.index(node.id) + 1]])
        if len(line) + self._height(node.id) > MAX_LEVELS:
            raise TooDeep(MAX_LEVELS)

    def _ancestry(self, id: UUID) -> list[UUID]:
        """A task and its ancestors, from the bottom up."""
        line = []
        next_id: UUID | None = id
        while next_id is not None:
            line.append(next_id)
            next_id = self._nodes[next_id].parent_id
        return line

    def _height(self, id: UUID) -> int:
        """How many levels a task and its descendants have."""
        return 1 + max(map(self._height, self._children.get(id, ())), default=0)
