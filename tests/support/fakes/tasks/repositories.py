"""Repositories in memory: what they hand out is written back by the unit of work."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from support.fakes.tasks.store import FakeSession, FakeStore, checked
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.domain.errors import NotFound
from taskhub.tasks.application.ports import Allocation, Expired, TaskSubtree
from taskhub.tasks.contract.references import ExternalKey, TaskRef
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.domain.label import Label
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import PEOPLE, Task


class FakeProjectRepository:
    def __init__(self, uow: FakeSession) -> None:
        self._uow = uow

    async def find(self, workspace_id: UUID, id: UUID, /, *, with_deleted: bool = False) -> Project | None:
        return self._uow.find(Project, workspace_id, id, with_deleted=with_deleted)

    async def get(self, workspace_id: UUID, id: UUID, /, *, expected: Expected = None, with_deleted: bool = False) -> Project:
        return checked(await self.find(workspace_id, id, with_deleted=with_deleted), expected)

    async def find_all(self, workspace_id: UUID, ids: Iterable[UUID]) -> list[Project]:
        found = [self._uow.find(Project, workspace_id, id, with_deleted=True) for id in sorted(ids)]
        return [project for project in found if project is not None]

    async def allocate(self, project: Project, *, numbers: int = 0, places: int = 0) -> Allocation:
        self._uow.writes()
        return self._uow.ledger.allocate(project.id, numbers, places)

    async def find_expired(self, workspace_id: UUID, instant: datetime, *, limit: int) -> list[Project]:
        found = self._uow.all(Project, workspace_id)
        return [p for p in found if p.deleted_at and p.deleted_at < instant and p.purged_at is None][:limit]

    def add(self, project: Project) -> None:
        self._uow.put(project)

    def remove(self, project: Project) -> None:
        """An emptied project stays, as what it was given is never given again."""
        self._uow.buried.add(project.id)


class FakeTaskRepository:
    def __init__(self, uow: FakeSession) -> None:
        self._uow = uow

    async def identify(self, workspace_id: UUID, ref: TaskRef, *, with_deleted: bool = False) -> UUID:
        return checked(self._find(workspace_id, ref, with_deleted=with_deleted)).id

    async def get_in_project(
        self, workspace_id: UUID, ref: TaskRef, *, expected: Expected = None, with_deleted: bool = False
    ) -> tuple[Task, Project]:
        task = checked(self._find(workspace_id, ref, with_deleted=with_deleted), expected)
        return task, self._project(task)

    async def get_subtree(
        self,
        workspace_id: UUID,
        ref: TaskRef,
        *,
        expected: Expected = None,
        with_deleted: bool = False,
        target_id: UUID | None = None,
    ) -> TaskSubtree:
        task, project = await self.get_in_project(workspace_id, ref, expected=expected, with_deleted=with_deleted)
        parent_id = task.content.parent_id
        parent = self._uow.find(Task, workspace_id, parent_id, with_deleted=True) if parent_id else None
        target = self._uow.find(Project, workspace_id, target_id or project.id, with_deleted=False)
        below = {one.id: one for one in self._below(task)}
        line = self._uow.ledger.rank_index.ids(project.id)
        return TaskSubtree(task, project, parent, [below[id] for id in line if id in below], target)

    async def find_batch(
        self, workspace_id: UUID, ids: Iterable[UUID], *, in_structure: bool
    ) -> dict[UUID, tuple[Task, Project]]:
        found = [self._uow.find(Task, workspace_id, id, with_deleted=False) for id in ids]
        return {task.id: (task, self._project(task)) for task in found if task is not None}

    async def used_ids(self, workspace_id: UUID, ids: Iterable[UUID]) -> frozenset[UUID]:
        return frozenset(id for id in ids if (workspace_id, id) in self._uow.store.used_ids)

    async def external_key_owners(self, workspace_id: UUID, keys: Iterable[str]) -> dict[str, UUID]:
        claimed = self._uow.store.external_keys
        return {key: claimed[workspace_id, key] for key in keys if (workspace_id, key) in claimed}

    async def require_open(self, workspace_id: UUID, ref: TaskRef) -> UUID:
        task, project = await self.get_in_project(workspace_id, ref)
        project.require_open()
        return task.id

    async def find_expired(self, workspace_id: UUID, instant: datetime, *, limit: int) -> Expired:
        tasks = sorted(self._uow.all(Task, workspace_id), key=lambda task: task.trashed_with is not None)
        expired = [task for task in tasks if task.deleted_at and task.deleted_at < instant][:limit]
        ids = {task.id for task in expired}
        return Expired(expired, [t for t in tasks if t not in expired and ids & {*t.content.blocked_by_ids}])

    async def find_assigned(self, user_id: UUID, workspace_id: UUID, *, limit: int) -> list[Task]:
        tasks: list[Task] = self._uow.all(Task, workspace_id)
        return [task for task in tasks if any(user_id in getattr(task.content, name) for name in PEOPLE)][:limit]

    async def record_former_keys(self, tasks: Iterable[Task]) -> None:
        self._uow.writes()
        for task in tasks:
            self._uow.ledger.former_keys[task.workspace_id, task.project_key, task.number or 0] = task.id

    def add(self, task: Task) -> None:
        self._uow.put(task)

    def remove(self, task: Task) -> None:
        self._uow.drop([task])

    def _find(self, workspace_id: UUID, ref: TaskRef, *, with_deleted: bool) -> Task | None:
        if isinstance(ref, UUID):
            return self._uow.find(Task, workspace_id, ref, with_deleted=with_deleted)
        if isinstance(ref, ExternalKey):
            owner = self._uow.store.external_keys.get((workspace_id, ref.text))
            return self._uow.find(Task, workspace_id, owner, with_deleted=with_deleted) if owner else None
        tasks = (a for (kind, at, _), a in self._uow.store.aggregates.items() if kind is Task and at == workspace_id)
        current = (t.id for t in tasks if (t.project_key, t.number) == (ref.project_key, ref.number))
        id = next(current, None) or self._uow.ledger.former_keys.get((workspace_id, ref.project_key, ref.number))
        return self._uow.find(Task, workspace_id, id, with_deleted=with_deleted) if id else None

    def _below(self, task: Task) -> list[Task]:
        children = [one for one in self._uow.all(Task, task.workspace_id) if one.content.parent_id == task.id]
        return [one for child in children for one in (child, *self._below(child))]

    def _project(self, task: Task) -> Project:
        return checked(self._uow.find(Project, task.workspace_id, task.project_id, with_deleted=True))


class FakeLabelRepository:
    def __init__(self, uow: FakeSession) -> None:
        self._uow = uow

    async def get(self, workspace_id: UUID, id: UUID, /, *, expected: Expected = None) -> Label:
        return checked(self._uow.find(Label, workspace_id, id, with_deleted=True), expected)

    async def require(self, workspace_id: UUID, ids: Iterable[UUID]) -> frozenset[UUID]:
        return frozenset(ids) & {label.id for label in self._uow.all(Label, workspace_id)}

    def add(self, label: Label) -> None:
        self._uow.put(label)

    def remove(self, label: Label) -> None:
        self._uow.drop([label])


class FakeCommentRepository:
    def __init__(self, uow: FakeSession) -> None:
        self._uow = uow

    async def get_of(self, workspace_id: UUID, task_id: UUID, id: UUID) -> Comment:
        comment = self._uow.find(Comment, workspace_id, id, with_deleted=False)
        if comment is None or comment.task_id != task_id:
            raise NotFound
        return comment

    def add(self, comment: Comment) -> None:
        self._uow.put(comment)

    def remove(self, comment: Comment) -> None:
        """An emptied comment stays, as it tells which events are about the task."""
        self._uow.buried.add(comment.id)


class FakeMemberships:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    async def require(self, workspace_id: UUID, user_ids: Iterable[UUID]) -> frozenset[UUID]:
        return frozenset(user_ids) & self._store.members

    async def find_members(self, workspace_id: UUID, user_ids: Iterable[UUID]) -> frozenset[UUID]:
        return frozenset(user_ids) & self._store.members

    async def lock_workspace(self, workspace_id: UUID) -> None:
        """Nobody else is here."""

    async def hold_workspace(self, workspace_id: UUID) -> None:
        """Nobody else is here."""
