"""References of tasks to members, labels and other tasks, and the external keys that they get."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from taskhub.kernel.domain.errors import Fault, UnknownReference
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.domain.blockers import Blockers
from taskhub.tasks.domain.errors import ExternalKeyTaken
from taskhub.tasks.domain.hierarchy import Hierarchy, Node
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import PEOPLE, Content

Values = Mapping[str, Any]
"""Fields of `Content` that a client sets, as they were sent."""


_KEYS = "external_keys"
_REFERENCES = frozenset({*PEOPLE, "label_ids", "parent_id", "blocked_by_ids", _KEYS})


class ReferenceChecker:
    """All references of the tasks of one command, looked up together however many tasks there are.

    They are locked before any task is loaded, because locks are taken in the order workspace, members, labels, projects, tasks.
    """

    def __init__(self, workspace_id: UUID, *, has_references: bool = True) -> None:
        """``has_references``: whether there are any references; otherwise there is nothing to do."""
        self._workspace_id = workspace_id
        self._has_references = has_references
        self._members: frozenset[UUID] = frozenset()
        self._labels: frozenset[UUID] = frozenset()
        self._hierarchy = Hierarchy()
        self._blockers = Blockers()
        self._owners: dict[str, UUID] = {}

    @classmethod
    async def lock(cls, workspace_id: UUID, wanted: Sequence[Values], uow: TasksUnitOfWork) -> "ReferenceChecker":
        """Locks the referenced members and labels, and the graphs of subtasks and blockers if they will change (decision 14)."""
        if all(_REFERENCES.isdisjoint(values) for values in wanted):
            return _NONE
        references = cls(workspace_id)
        blockers = _ids_in(wanted, "blocked_by_ids")
        if blockers or is_structural(wanted):
            await uow.lock()
        if blockers:
            await uow.memberships.lock_workspace(workspace_id)
        elif any(_KEYS in values for values in wanted):
            await uow.memberships.hold_workspace(workspace_id)
        references._members = await uow.memberships.require(workspace_id, _ids_in(wanted, *PEOPLE))
        references._labels = await uow.labels.require(workspace_id, _ids_in(wanted, "label_ids"))
        return references

    async def load(self, wanted: Mapping[UUID, Values], uow: TasksUnitOfWork) -> None:
        """Reads the relevant parts of the graphs. The tasks and their projects must be locked."""
        if not self._has_references:
            return
        parents = {id: parent_id for id, values in wanted.items() if (parent_id := values.get("parent_id"))}
        if parents:
            self._hierarchy = await uow.structure.hierarchy(self._workspace_id, parents.values(), parents)
        if blockers := _ids_in(wanted.values(), "blocked_by_ids"):
            self._blockers = await uow.structure.blockers(self._workspace_id, blockers)
        keys = {key for values in wanted.values() for key in values.get(_KEYS, ())}
        if keys and uow.is_locking:  # An optimistic attempt takes all of them to be free: its commit misses if one is not.
            self._owners = await uow.tasks.external_key_owners(self._workspace_id, keys)

    def check(self, id: UUID, project: Project, values: Values, after: Content, before: Content | None = None) -> None:
        """Checks the references in the values for the content of a task. References that the task already has are not checked
        again.

        Raises:
            UnknownReference
            ExternalKeyTaken
            Cycle
            TooDeep
        """
        if not self._has_references:
            return
        before = before or Content(title="", status="")
        faults = [fault for name in PEOPLE for fault in _unknown_ids(name, "member", values, before, self._members)]
        faults += _unknown_ids("label_ids", "label", values, before, self._labels)
        if faults:
            raise UnknownReference(*faults)
        self._claim(id, values.get(_KEYS, ()), after, before)
        node = Node(id, after.parent_id, project.id)
        if after.parent_id != before.parent_id:
            self._hierarchy.check(node)
        self._hierarchy.put(node)
        self._blockers.block(id, values.get("blocked_by_ids", after.blocked_by_ids), before=before.blocked_by_ids)

    def _claim(self, id: UUID, sent: Sequence[str], after: Content, before: Content) -> None:
        for key in set(before.external_keys) - set(after.external_keys):
            self._owners.pop(key, None)
        for key in set(after.external_keys) - set(before.external_keys):
            owner = self._owners.setdefault(key, id)
            if owner != id:
                raise ExternalKeyTaken(key, owner, pointer=f"/{_KEYS}/{sent.index(key)}")


_NONE = ReferenceChecker(UUID(int=0), has_references=False)


def require_project(project: Project | None) -> Project:
    """The project of a new or moved task.

    Raises:
        UnknownReference: it does not exist.
    """
    if project is None:
        raise UnknownReference(Fault("unknown_reference", "There is no such project in this workspace.", pointer="/project_id"))
    return project


def is_structural(wanted: Iterable[Values]) -> bool:
    """Whether a task gets a parent."""
    return any(values.get("parent_id") for values in wanted)


def _ids_in(wanted: Iterable[Values], *names: str) -> set[UUID]:
    return {id for values in wanted for name in names for id in values.get(name, ())}


def _unknown_ids(name: str, kind: str, values: Values, before: Content, known: frozenset[UUID]) -> list[Fault]:
    """Faults for the new ids in a list that don't exist, each with its index in the list that was sent."""
    former = getattr(before, name)
    return [
        Fault("unknown_reference", f"There is no such {kind} in this workspace.", pointer=f"/{name}/{index}")
        for index, id in enumerate(values.get(name, ()))
        if id not in known and id not in former
    ]
