"""What tasks refer to: members, labels, and other tasks."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from taskhub.kernel.domain.errors import Fault, UnknownReference
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.domain.blockers import Blockers
from taskhub.tasks.domain.hierarchy import Hierarchy, Node
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Content

Values = Mapping[str, Any]
"""Members of `Content` that a client sets, as they were given."""


_MEMBER_FIELDS = ("assignee_ids",)
"""The members of `Content` that name members of the workspace."""
_REFERENCES = frozenset({*_MEMBER_FIELDS, "label_ids", "parent_id", "blocked_by_ids"})


class ReferenceChecker:
    """Everything that the tasks of one command are to refer to, looked up at once however many they are.

    They are locked before any task is loaded, since locks are taken in the order of workspace, members, labels, projects, tasks.
    """

    def __init__(self, workspace_id: UUID, *, has_references: bool = True) -> None:
        """``has_references``: whether there are any; otherwise there is nothing to do."""
        self._workspace_id = workspace_id
        self._has_references = has_references
        self._members: frozenset[UUID] = frozenset()
        self._labels: frozenset[UUID] = frozenset()
        self._hierarchy = Hierarchy()
        self._blockers = Blockers()

    @classmethod
    async def lock(cls, workspace_id: UUID, wanted: Sequence[Values], uow: TasksUnitOfWork) -> "ReferenceChecker":
        """Makes sure of what is named, and that nobody else changes the same graphs meanwhile (decision 14)."""
        if all(_REFERENCES.isdisjoint(values) for values in wanted):
            return _NONE
        references = cls(workspace_id)
        blockers = _ids_in(wanted, "blocked_by_ids")
        if blockers or is_structural(wanted):
            await uow.lock()
        if blockers:
            await uow.memberships.lock_workspace(workspace_id)
        references._members = await uow.memberships.require(workspace_id, _ids_in(wanted, *_MEMBER_FIELDS))
        references._labels = await uow.labels.require(workspace_id, _ids_in(wanted, "label_ids"))
        return references

    async def load(self, wanted: Mapping[UUID, Values], uow: TasksUnitOfWork) -> None:
        """Reads the parts of the graphs that matter, once the tasks and their projects are locked."""
        if not self._has_references:
            return
        parents = {id: parent_id for id, values in wanted.items() if (parent_id := values.get("parent_id"))}
        if parents:
            self._hierarchy = await uow.structure.hierarchy(self._workspace_id, parents.values(), parents)
        if blockers := _ids_in(wanted.values(), "blocked_by_ids"):
            self._blockers = await uow.structure.blockers(self._workspace_id, blockers)

    def check(self, id: UUID, project: Project, values: Values, after: Content, before: Content | None = None) -> None:
        """Whether a task may refer to what is given for its content. What it named before is not looked at again.

        Raises:
            UnknownReference
            Cycle
            TooDeep
        """
        if not self._has_references:
            return
        before = before or Content(title="", status="")
        faults = [fault for name in _MEMBER_FIELDS for fault in _unknown_ids(name, "member", values, before, self._members)]
        faults += _unknown_ids("label_ids", "label", values, before, self._labels)
        if faults:
            raise UnknownReference(*faults)
        node = Node(id, after.parent_id, project.id)
        if after.parent_id != before.parent_id:
            self._hierarchy.check(node)
        self._hierarchy.put(node)
        self._blockers.block(id, values.get("blocked_by_ids", after.blocked_by_ids), before=before.blocked_by_ids)


_NONE = ReferenceChecker(UUID(int=0), has_references=False)


def require_project(project: Project | None) -> Project:
    """The project that a task is to belong to.

    Raises:
        UnknownReference: it is not there.
    """
    if project is None:
        raise UnknownReference(Fault("unknown_reference", "no project of this workspace", pointer="/project_id"))
    return project


def is_structural(wanted: Iterable[Values]) -> bool:
    """Whether a task is to come under another."""
    return any(values.get("parent_id") for values in wanted)


def _ids_in(wanted: Iterable[Values], *names: str) -> set[UUID]:
    return {id for values in wanted for name in names for id in values.get(name, ())}


def _unknown_ids(name: str, kind: str, values: Values, before: Content, known: frozenset[UUID]) -> list[Fault]:
    """Those ids of a list that are new, and nobody knows: each at its place in the list that was given."""
    former = getattr(before, name)
    return [
        Fault("unknown_reference", f"no {kind} of this workspace", pointer=f"/{name}/{index}")
        for index, id in enumerate(values.get(name, ()))
        if id not in known and id not in former
    ]
