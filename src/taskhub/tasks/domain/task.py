"""Tasks of a project."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from msgspec.structs import fields, replace

from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.domain.errors import DomainError
from taskhub.tasks.domain.blockers import MAX_BLOCKERS
from taskhub.tasks.domain.due import Due
from taskhub.tasks.domain.errors import (
    ParentDeleted,
    ProjectDeleted,
    TooManyAssignees,
    TooManyBlockers,
    TooManyExternalKeys,
    TooManyLabels,
)
from taskhub.tasks.domain.priority import Priority
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.workflow import CLOSED

MAX_ASSIGNEES = 100
MAX_LABELS = 40
"""Both are columns of an index whose entries are limited to 2,700 bytes."""
MAX_EXTERNAL_KEYS = 10


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a task that a client can set. References are checked before they are set; see `ReferenceChecker`."""

    title: str
    description: str | None = None
    status: str
    priority: Priority = Priority.NONE
    assignee_ids: tuple[UUID, ...] = ()
    due: Due | None = None
    label_ids: tuple[UUID, ...] = ()
    parent_id: UUID | None = None
    blocked_by_ids: tuple[UUID, ...] = ()
    external_keys: tuple[str, ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Content":
        """A content with these values. Lists are sorted and have no duplicates."""
        return cls(**_canonical(values))

    def changed(self, values: Mapping[str, Any]) -> "Content":
        """This content with some values replaced."""
        return replace(self, **_canonical(values))


PEOPLE = ("assignee_ids",)
"""The lists of `Content` that name members: who is put there has to be one, and who leaves the workspace is taken off them."""
_SETS = frozenset(field.name for field in fields(Content) if field.default == ())


_LIMITS: tuple[tuple[str, int, Callable[[int], DomainError]], ...] = (
    ("assignee_ids", MAX_ASSIGNEES, TooManyAssignees),
    ("label_ids", MAX_LABELS, TooManyLabels),
    ("blocked_by_ids", MAX_BLOCKERS, TooManyBlockers),
    ("external_keys", MAX_EXTERNAL_KEYS, TooManyExternalKeys),
)


def _canonical(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(sorted(set(value))) if name in _SETS else value for name, value in values.items()}


@dataclass(eq=False)
class Task(Aggregate):
    """Attributes:
    number: None until the commit has allocated it.
    trashed_with: the project or the ancestor with which the task was moved to the trash.
    rank: a new position in its project; None to keep the current one.
    """

    entity_type: ClassVar[str] = "task"

    workspace_id: UUID
    id: UUID
    project_id: UUID
    project_key: str
    number: int | None
    content: Content
    status_category: str
    closed_at: datetime | None
    created_by_id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    trashed_with: UUID | None
    rank: str | None = None

    @classmethod
    def create(
        cls,
        *,
        id: UUID,
        project: Project,
        content: Content,
        created_by_id: UUID,
        now: datetime,
        number: int | None = None,
        rank: str | None = None,
    ) -> "Task":
        """A new task of a project. Without a number it gets one at commit, and the last position.

        Raises:
            ProjectArchived
            ValidationFailed: the project has no such status.
        """
        project.require_open()
        category = project.workflow.category_of(content.status)
        task = cls(
            workspace_id=project.workspace_id,
            id=id,
            project_id=project.id,
            project_key=project.key,
            number=number,
            content=content,
            status_category=category,
            closed_at=now if category in CLOSED else None,
            created_by_id=created_by_id,
            version=1,
            created_at=now,
            updated_at=now,
            deleted_at=None,
            trashed_with=None,
            rank=rank,
        )
        task._record("task.created")
        return task

    @property
    def stream_id(self) -> UUID:
        return self.workspace_id

    @property
    def key(self) -> str:
        return f"{self.project_key}-{self.number}"

    def change(self, content: Content, *, project: Project, now: datetime) -> None:
        """Replaces the content.

        Raises:
            ProjectArchived
            ValidationFailed: the project has no such status.
            IllegalTransition
        """
        if content == self.content:
            return
        project.require_open()
        if content.status != self.content.status:
            project.workflow.check_transition(self.content.status, content.status)
        self._set_content("task.updated", content, project, now)

    def assign(self, user_id: UUID, *, project: Project, now: datetime) -> None:
        """Raises:
        ProjectArchived
        TooManyAssignees
        """
        self._add("assignee_ids", user_id, MAX_ASSIGNEES, TooManyAssignees, project, now)

    def unassign(self, user_id: UUID, *, project: Project, now: datetime) -> None:
        """Raises:
        ProjectArchived
        """
        self.change(self._without("assignee_ids", user_id), project=project, now=now)

    def unassign_former_member(self, user_id: UUID, *, now: datetime) -> None:
        """Removes a former member from the task. This is no change by a client, so it is allowed in archived projects and in the
        trash.
        """
        lists = {name: getattr(self._without(name, user_id), name) for name in PEOPLE}
        self._change("task.updated", now, content=self.content.changed(lists))

    def add_label(self, label_id: UUID, *, project: Project, now: datetime) -> None:
        """Raises:
        ProjectArchived
        TooManyLabels
        """
        self._add("label_ids", label_id, MAX_LABELS, TooManyLabels, project, now)

    def remove_label(self, label_id: UUID, *, project: Project, now: datetime) -> None:
        """Raises:
        ProjectArchived
        """
        self.change(self._without("label_ids", label_id), project=project, now=now)

    def add_blocker(self, blocker_id: UUID, *, project: Project, now: datetime) -> None:
        """Raises:
        ProjectArchived
        TooManyBlockers
        """
        self._add("blocked_by_ids", blocker_id, MAX_BLOCKERS, TooManyBlockers, project, now)

    def remove_blocker(self, blocker_id: UUID, *, project: Project, now: datetime) -> None:
        """Raises:
        ProjectArchived
        """
        self.change(self._without("blocked_by_ids", blocker_id), project=project, now=now)

    def drop_blockers(self, blocker_ids: frozenset[UUID], *, now: datetime) -> None:
        """Removes purged blockers. This is no change by a client."""
        self._change("task.updated", now, content=self._without("blocked_by_ids", *blocker_ids))

    def move(self, content: Content, rank: str | None, *, project: Project, now: datetime) -> None:
        """Changes the position of the task in its project, and its content. Without a rank it keeps its position.

        Raises:
            ProjectArchived
            ValidationFailed: the project has no such status.
            IllegalTransition
        """
        self.change(content, project=project, now=now)
        if rank is not None:
            project.require_open()
            self.rank, self.updated_at = rank, now
        if rank is not None or self.event is not None:
            self._record("task.moved")

    def move_to_project(self, project: Project, number: int, rank: str, content: Content, *, now: datetime) -> None:
        """Moves the task to another project. It may get any status of that project without a transition.

        Raises:
            ProjectArchived
            ValidationFailed: the project has no such status.
        """
        project.require_open()
        self.project_id, self.project_key = project.id, project.key
        self.number, self.rank = number, rank
        self._set_content("task.moved", content, project, now)
        self.updated_at = now
        self._record("task.moved")

    def revert(
        self, content: Content, closed_at: datetime | None, *, project: Project, is_consequence: bool = False, now: datetime
    ) -> None:
        """Gives the task back a content that it had before, and the instant since when it was closed then.

        ``is_consequence``: of something else that is reverted, such as the workflow, so that it is no change by a client.

        Raises:
            ProjectArchived
            TooManyAssignees, TooManyLabels, TooManyBlockers, TooManyExternalKeys: others were added since.
            IllegalTransition
        """
        if content == self.content and closed_at == self.closed_at:
            return
        if not is_consequence:
            project.require_open()
            project.workflow.check_transition(self.content.status, content.status)
        for name, limit, too_many in _LIMITS:
            if len(getattr(content, name)) > limit:
                raise too_many(limit)
        category = project.workflow.category_of(content.status)
        closed_at = (closed_at or self.closed_at or now) if category in CLOSED else None
        self._change("task.updated", now, content=content, status_category=category, closed_at=closed_at)

    def move_back(self, project: Project, number: int | None, rank: str, *, now: datetime) -> None:
        """Gives the task back a place, in the same project or, with its number there, in a former one.

        Raises:
            ProjectArchived
        """
        project.require_open()
        self.project_id, self.project_key = project.id, project.key
        self.number, self.rank, self.updated_at = number, rank, now
        self._record("task.moved")

    def trash(self, *, project: Project, now: datetime, since: datetime | None = None) -> None:
        """``since``: when it went there first, if it is to be as if it had never come back.

        Raises:
            ProjectArchived
        """
        project.require_open()
        self._change("task.trashed", now, deleted_at=since or now)

    def trash_with_ancestor(self, leader: "Task", *, now: datetime) -> None:
        """Moves the task to the trash together with an ancestor. A task that is already there stays as it is."""
        self.trash_with(leader.id, now=now)

    def trash_with(self, id: UUID, *, now: datetime, since: datetime | None = None) -> None:
        """Moves the task to the trash together with something, a project or an ancestor. ``since``: as in `trash`."""
        if self.deleted_at is None:
            self._change("task.trashed", now, deleted_at=since or now, trashed_with=id)

    def restore(self, *, project: Project, parent: "Task | None" = None, now: datetime) -> None:
        """Restores the task from the trash. A task that is not there stays as it is. ``parent``: its parent, if it exists.

        Raises:
            ProjectDeleted
            ParentDeleted
            ProjectArchived
        """
        if self.deleted_at is None:
            return
        if project.deleted_at is not None:
            raise ProjectDeleted
        if self.content.parent_id is not None and (parent is None or parent.deleted_at is not None):
            raise ParentDeleted
        project.require_open()
        self.untrash(now)

    def untrash(self, now: datetime) -> None:
        """Restores the task together with the ancestor with which it was deleted."""
        self._change("task.restored", now, deleted_at=None, trashed_with=None)

    def purge(self, now: datetime) -> None:
        """Records that the task was purged."""
        self.updated_at = now
        self._record("task.purged")

    def _add(
        self, name: str, id: UUID, limit: int, too_many: Callable[[int], DomainError], project: Project, now: datetime
    ) -> None:
        """Adds an id to one of the lists of the content."""
        ids = getattr(self.content, name)
        if id in ids:
            return
        if len(ids) >= limit:
            raise too_many(limit)
        extended: Any = {name: tuple(sorted((*ids, id)))}
        self.change(replace(self.content, **extended), project=project, now=now)

    def _without(self, name: str, *ids: UUID) -> Content:
        """The content without some ids in one of its lists."""
        kept: Any = {name: tuple(id for id in getattr(self.content, name) if id not in ids)}
        return replace(self.content, **kept)

    def _set_content(self, event: str, content: Content, project: Project, now: datetime) -> None:
        category = project.workflow.category_of(content.status)
        closed_at = (self.closed_at or now) if category in CLOSED else None
        self._change(event, now, content=content, status_category=category, closed_at=closed_at)
