"""Parents and blockers that tasks get back, and subtasks that they have got since."""

from collections.abc import Mapping
from uuid import UUID

from taskhub.kernel.application.reversal import Conflicts
from taskhub.tasks.application.undo.ports import UndoWork
from taskhub.tasks.application.undo.task_changes import TaskChange
from taskhub.tasks.domain.blockers import Blockers
from taskhub.tasks.domain.errors import ParentDeleted
from taskhub.tasks.domain.hierarchy import Hierarchy, Node
from taskhub.tasks.domain.task import Task

Changes = Mapping[UUID, TaskChange]


class Graphs:
    """The parts of both graphs that matter, as they are now."""

    def __init__(self, hierarchy: Hierarchy, blockers: Blockers) -> None:
        self._hierarchy = hierarchy
        self._blockers = blockers

    @classmethod
    async def load(cls, workspace_id: UUID, changes: Changes, work: UndoWork) -> "Graphs":
        parents = {change.new_parent for change in changes.values()} | {
            change.content.parent_id for change in changes.values() if change.is_restored
        }
        reordered = [c.task.id for c in changes.values() if c.is_trashed or c.goes_over or c.new_parent]
        hierarchy, blockers = Hierarchy(), Blockers()
        known_parents = [id for id in parents if id is not None]
        if known_parents or reordered:
            hierarchy = await work.structure.hierarchy(workspace_id, known_parents, reordered)
        if new := {id for change in changes.values() for id in change.new_blockers}:
            blockers = await work.structure.blockers(workspace_id, new)
        return cls(hierarchy, blockers)

    def find_conflicts(self, changes: Changes, conflicts: Conflicts) -> None:
        for change in changes.values():
            self._find_left_children(change, changes, conflicts)
            is_gone = {id for id in change.new_blockers if not self._will_block(id, changes)}
            conflicts.add(Task.entity_type, change.task.id, *(["blocked_by_ids"] if is_gone else []))
            if change.new_parent is not None and not self._will_be_parent(change, change.new_parent, changes):
                conflicts.add(Task.entity_type, change.task.id, "parent_id")

    def _find_left_children(self, change: TaskChange, changes: Changes, conflicts: Conflicts) -> None:
        """Subtasks that it has got since would be left without it."""
        if not (change.is_trashed or change.goes_over):
            return
        for child in self._hierarchy.children(change.task.id):
            other = changes.get(child.id)
            comes_along = other is not None and (other.home is change.home if change.goes_over else not other.is_live)
            if not comes_along and (child.is_live or change.goes_over):
                conflicts.add(Task.entity_type, child.id, "parent_id")

    def _will_block(self, id: UUID, changes: Changes) -> bool:
        """One in the trash does as well: it had not been taken off by going there."""
        return id in changes or id in self._blockers.blocked_by

    def _will_be_parent(self, change: TaskChange, id: UUID, changes: Changes) -> bool:
        if id in changes:
            return (changes[id].is_live or not change.is_live) and changes[id].home is change.home
        node = self._hierarchy.node(id)
        return node is not None and node.is_live and node.project_id == change.home.id

    def check(self, changes: Changes) -> None:
        """Raises:
        ParentDeleted
        Cycle, TooDeep
        """
        for change in changes.values():
            parent_id = change.content.parent_id
            if change.is_restored and parent_id is not None and not self._will_be_parent(change, parent_id, changes):
                raise ParentDeleted
            self._take_away(change)
        for change in changes.values():
            if change.new_parent is not None:
                node = _node(change, change.new_parent)
                self._hierarchy.check(node)
                self._hierarchy.put(node)
            if change.new_blockers:
                self._blockers.live.update(change.new_blockers)
                kept = self._blockers.blocked_by[change.task.id]
                self._blockers.block(change.task.id, change.content.blocked_by_ids, before=kept)

    def _take_away(self, change: TaskChange) -> None:
        """First all that goes: what comes can then be checked in any order."""
        id = change.task.id
        self._blockers.blocked_by[id] = tuple({*change.content.blocked_by_ids} - {*change.new_blockers})
        if change.is_live:
            self._blockers.live.add(id)
        if self._hierarchy.node(id) is not None:
            self._hierarchy.put(_node(change, None if change.new_parent else change.content.parent_id))


def _node(change: TaskChange, parent_id: UUID | None) -> Node:
    """As a possible parent: whether it will be one was asked before. In the trash it may have subtasks that are there, too."""
    return Node(change.task.id, parent_id, change.home.id)
