"""The representations of projects and tasks: the same JSON in responses, lists and the event log."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

import msgspec

from taskhub.kernel.application.representations import shows
from taskhub.kernel.contract.known_values import known_values
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.domain.label import Label
from taskhub.tasks.domain.priority import Priority
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Content
from taskhub.tasks.domain.workflow import Status, Workflow

PRIORITY_KEYS = {priority: priority.key for priority in Priority}
PRIORITY = known_values("Priority", PRIORITY_KEYS.values())
STATUS_CATEGORY = known_values("StatusCategory", ("todo", "in_progress", "done", "cancelled"))

PriorityKey = Annotated[str, msgspec.Meta(extra_json_schema=PRIORITY)]
StatusCategory = Annotated[str, msgspec.Meta(extra_json_schema=STATUS_CATEGORY)]


class StatusView(msgspec.Struct, frozen=True):
    key: str
    name: str
    category: StatusCategory


class WorkflowView(msgspec.Struct, frozen=True):
    statuses: list[StatusView]
    transitions: dict[str, list[str]] | None


@shows(Project, hidden=["purged_at"])
class ProjectView(msgspec.Struct, frozen=True):
    id: UUID
    workspace_id: UUID
    key: str
    name: str
    description: str | None
    workflow: WorkflowView
    archived_at: dt.datetime | None
    version: int
    created_by_id: UUID
    created_at: dt.datetime
    updated_at: dt.datetime
    deleted_at: dt.datetime | None


class DueView(msgspec.Struct, frozen=True):
    date: dt.date
    time: dt.time | None
    time_zone: str | None


@shows(Content)
class TaskView(msgspec.Struct, frozen=True):
    id: UUID
    workspace_id: UUID
    project_id: UUID
    number: int
    key: str
    title: str
    description: str | None
    status: str
    status_category: StatusCategory
    priority: PriorityKey
    assignee_ids: list[UUID]
    label_ids: list[UUID]
    parent_id: UUID | None
    blocked_by_ids: list[UUID]
    due: DueView | None
    due_at: dt.datetime | None
    closed_at: dt.datetime | None
    created_by_id: UUID
    created_at: dt.datetime
    updated_at: dt.datetime
    deleted_at: dt.datetime | None
    version: int


@shows(Label)
class LabelView(msgspec.Struct, frozen=True):
    id: UUID
    workspace_id: UUID
    name: str
    color: str
    version: int
    created_at: dt.datetime
    updated_at: dt.datetime


@shows(Comment, hidden=["deleted_at"])
class CommentView(msgspec.Struct, frozen=True):
    id: UUID
    workspace_id: UUID
    task_id: UUID
    author_id: UUID
    body: str
    mentioned_ids: list[UUID]
    edited_at: dt.datetime | None
    version: int
    created_at: dt.datetime
    updated_at: dt.datetime


class HistoryEntry(msgspec.Struct, frozen=True):
    """A change of a task or of a comment on it. ``changes`` maps a field to its values before and after."""

    seq: int
    type: str
    occurred_at: dt.datetime
    actor_id: UUID | None
    version: int
    changes: dict[str, list[Any]]


def workflow_view(workflow: Workflow) -> WorkflowView:
    transitions = workflow.transitions
    return WorkflowView(
        [StatusView(status.key, status.name, status.category) for status in workflow.statuses],
        None if transitions is None else {origin: list(targets) for origin, targets in transitions.items()},
    )


def workflow_of(view: WorkflowView) -> Workflow:
    """A workflow that was shown. It is not checked: it was one."""
    transitions = view.transitions
    return Workflow(
        tuple(Status(status.key, status.name, status.category) for status in view.statuses),
        None if transitions is None else {origin: tuple(targets) for origin, targets in transitions.items()},
    )
