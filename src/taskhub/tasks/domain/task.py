"""A task: a piece of work in a project."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.tasks.domain.due import Due
from taskhub.tasks.domain.errors import ProjectArchived, ProjectDeleted, TooManyAssignees
from taskhub.tasks.domain.priority import Priority
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.status import CLOSED, FIRST_STATUS, STATUSES

MOST_ASSIGNEES = 100
"""They stand in an index, whose entries are limited to 2,700 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All that a client may set on a task."""

    title: str
    description: str | None = None
    status: str = FIRST_STATUS
    priority: Priority = Priority.NONE
    assignee_ids: tuple[UUID, ...] = ()
    due: Due | None = None


@dataclass(eq=False)
class Task(Aggregate):
    """``number`` is None until the commit has allocated it. ``trashed_with`` is the project that took the task to the trash."""

    entity_type: ClassVar[str] = "task"

    workspace_id: UUID
    id: UUID
    project_id: UUID
    project_key: str
    number: int | None
    content: Content
    closed_at: datetime | None
    created_by_id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    trashed_with: UUID | None

    @classmethod
    def create(cls, *, id: UUID, project: Project, content: Content, created_by_id: UUID, now: datetime) -> "Task":
        """A new task of a project.

        Raises:
            ProjectArchived
        """
        _require_open(project)
        closed_at = now if STATUSES[content.status] in CLOSED else None
        task = cls(
            project.workspace_id, id, project.id, project.key, None, content, closed_at, created_by_id, 1, now, now, None, None
        )
        task._record("task.created")
        return task

    @property
    def stream_id(self) -> UUID:
        return self.workspace_id

    @property
    def key(self) -> str:
        return f"{self.project_key}-{self.number}"

    @property
    def status_category(self) -> str:
        return STATUSES[self.content.status]

    def change(self, content: Content, *, project: Project, now: datetime) -> None:
        """Replaces the content.

        Raises:
            ProjectArchived
        """
        if content == self.content:
            return
        _require_open(project)
        was_closed = self.status_category in CLOSED
        is_closed = STATUSES[content.status] in CLOSED
        closed_at = self.closed_at if was_closed and is_closed else now if is_closed else None
        self._change("task.updated", now, content=content, closed_at=closed_at)

    def assign(self, user_id: UUID, *, project: Project, now: datetime) -> None:
        """Raises:
        ProjectArchived
        TooManyAssignees
        """
        if user_id not in self.content.assignee_ids:
            if len(self.content.assignee_ids) >= MOST_ASSIGNEES:
                raise TooManyAssignees(MOST_ASSIGNEES)
            ids = tuple(sorted((*self.content.assignee_ids, user_id)))
            self.change(replace(self.content, assignee_ids=ids), project=project, now=now)

    def unassign(self, user_id: UUID, *, project: Project, now: datetime) -> None:
        ids = tuple(id for id in self.content.assignee_ids if id != user_id)
        self.change(replace(self.content, assignee_ids=ids), project=project, now=now)

    def release(self, user_id: UUID, *, now: datetime) -> None:
        """Takes someone off who is no longer a member. Not a client's change: archived projects and the trash don't stop it."""
        ids = tuple(id for id in self.content.assignee_ids if id != user_id)
        self._change("task.updated", now, content=replace(self.content, assignee_ids=ids))

    def trash(self, *, project: Project, now: datetime) -> None:
        """Raises:
        ProjectArchived
        """
        _require_open(project)
        self._change("task.trashed", now, deleted_at=now)

    def restore(self, *, project: Project, now: datetime) -> None:
        """Takes the task out of the trash; one that is not there stays as it is.

        Raises:
            ProjectDeleted
            ProjectArchived
        """
        if self.deleted_at is None:
            return
        if project.deleted_at is not None:
            raise ProjectDeleted
        _require_open(project)
        self._change("task.restored", now, deleted_at=None, trashed_with=None)

    def purge(self, now: datetime) -> None:
        """Says that the task is gone for good."""
        self.updated_at = now
        self._record("task.purged")


def _require_open(project: Project) -> None:
    if project.is_archived:
        raise ProjectArchived
