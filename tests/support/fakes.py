"""A unit of work in memory, for tests of use cases.

It keeps the promises of the real one; one shared suite holds both to that.
"""

from collections.abc import Iterable
from copy import deepcopy
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from taskhub.kernel.application.commands import Answer, Expected, Reply
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.domain.errors import NotFound, StaleVersion
from taskhub.tasks.application.ports import Projects, TaskRef, Tasks
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task
from taskhub.workspaces.contract.memberships import Memberships


class FakeStore:
    """What has been committed: aggregates by type and key, and the types of their events in order."""

    def __init__(self) -> None:
        self.aggregates: dict[tuple[type, UUID, UUID], Any] = {}
        self.events: list[tuple[str, UUID, int]] = []
        self.numbers: dict[UUID, int] = {}
        self.members: set[UUID] = set()


class FakeUnitOfWork:
    def __init__(self, store: FakeStore) -> None:
        self.store = store
        self.loaded: dict[tuple[type, UUID, UUID], Any] = {}
        self.is_locking = False
        self.projects: Projects = FakeProjects(self)
        self.tasks: Tasks = FakeTasks(self)
        self.memberships: Memberships = FakeMemberships(store)
        self.forgotten: list[UUID] = []
        self.removed: list[tuple[type, UUID, UUID]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.loaded.clear()

    async def lock(self, *, seconds: float | None = None) -> None:
        self.is_locking = True

    async def forget(self, workspace_id: UUID, ids: Iterable[UUID]) -> None:
        self.forgotten += ids

    async def remove_rows_of(self, workspace_id: UUID, *, limit: int) -> int:
        keys = [key for key in self.store.aggregates if key[1] == workspace_id][:limit]
        for key in keys:
            del self.store.aggregates[key]
        return len(keys)

    async def commit(self, result: Any = None, reply: Reply = Reply()) -> Answer:  # noqa: B008  # A frozen value.
        for key, aggregate in self.loaded.items():
            if aggregate.event is None:
                continue
            if key in self.store.aggregates:
                aggregate.version += 1
            self._number(aggregate)
            self.store.events.append((aggregate.event, aggregate.id, aggregate.version))
            settled = deepcopy(aggregate)
            settled._event = None
            self.store.aggregates[key] = settled
        for key in self.removed:
            del self.store.aggregates[key]
        return Answer(reply, getattr(result, "version", None), b"")

    def _number(self, aggregate: Aggregate) -> None:
        if isinstance(aggregate, Task) and aggregate.number is None:
            aggregate.number = self.store.numbers[aggregate.project_id] = self.store.numbers.get(aggregate.project_id, 0) + 1

    def find(self, kind: type, workspace_id: UUID, id: UUID, *, with_deleted: bool) -> Any | None:
        key = (kind, workspace_id, id)
        if key not in self.loaded and key in self.store.aggregates:
            self.loaded[key] = deepcopy(self.store.aggregates[key])
        found = self.loaded.get(key)
        return found if found and (with_deleted or found.deleted_at is None) else None

    def all(self, kind: type, workspace_id: UUID) -> list[Any]:
        keys = [key for key in self.store.aggregates if key[:2] == (kind, workspace_id)]
        return [self.find(*key, with_deleted=True) for key in keys]


class FakeProjects:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def find(self, workspace_id: UUID, id: UUID, /, *, with_deleted: bool = False) -> Project | None:
        return self._uow.find(Project, workspace_id, id, with_deleted=with_deleted)

    async def get(self, workspace_id: UUID, id: UUID, /, *, expected: Expected = None, with_deleted: bool = False) -> Project:
        return _checked(await self.find(workspace_id, id, with_deleted=with_deleted), expected)

    def add(self, project: Project) -> None:
        self._uow.loaded[Project, project.workspace_id, project.id] = project

    async def deleted_before(self, workspace_id: UUID, instant: datetime, *, limit: int) -> list[Project]:
        found = self._uow.all(Project, workspace_id)
        return [p for p in found if p.deleted_at and p.deleted_at < instant and p.purged_at is None][:limit]

    def remove(self, project: Project) -> None:
        """An emptied project stays, as what it was given is never given again."""


class FakeTasks:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def get_in_project(
        self, workspace_id: UUID, ref: TaskRef, *, expected: Expected = None, with_deleted: bool = False
    ) -> tuple[Task, Project]:
        task = _checked(self._uow.find(Task, workspace_id, self._id(workspace_id, ref), with_deleted=with_deleted), expected)
        return task, _checked(self._uow.find(Project, workspace_id, task.project_id, with_deleted=True), None)

    def add(self, task: Task) -> None:
        self._uow.loaded[Task, task.workspace_id, task.id] = task

    async def deleted_before(self, workspace_id: UUID, instant: datetime, *, limit: int) -> list[Task]:
        return [t for t in self._uow.all(Task, workspace_id) if t.deleted_at and t.deleted_at < instant][:limit]

    def remove(self, task: Task) -> None:
        self._uow.removed.append((Task, task.workspace_id, task.id))

    async def assigned_to(self, user_id: UUID, workspace_id: UUID, *, limit: int) -> list[Task]:
        return [task for task in self._uow.all(Task, workspace_id) if user_id in task.content.assignee_ids][:limit]

    async def trash_with(self, project: Project, *, now: datetime) -> None:
        for task in self._of(project):
            if task.deleted_at is None:
                task._change("task.trashed", now, deleted_at=now, trashed_with=project.id)

    async def restore_with(self, project: Project, *, now: datetime) -> None:
        for task in self._of(project):
            if task.trashed_with == project.id:
                task._change("task.restored", now, deleted_at=None, trashed_with=None)

    def _of(self, project: Project) -> list[Task]:
        return [task for task in self._uow.all(Task, project.workspace_id) if task.project_id == project.id]

    def _id(self, workspace_id: UUID, ref: TaskRef) -> UUID:
        if isinstance(ref, UUID):
            return ref
        tasks = (a for (kind, at, _), a in self._uow.store.aggregates.items() if kind is Task and at == workspace_id)
        return next((t.id for t in tasks if (t.project_key, t.number) == (ref.project_key, ref.number)), UUID(int=0))


class FakeMemberships:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    async def require(self, workspace_id: UUID, user_ids: Iterable[UUID]) -> frozenset[UUID]:
        return frozenset(user_ids) & self._store.members


def _checked(aggregate: Any | None, expected: Expected) -> Any:
    if aggregate is None:
        raise NotFound
    if expected is not None and aggregate.version not in expected:
        raise StaleVersion(aggregate.version)
    return aggregate
