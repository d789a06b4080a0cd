"""The representations of projects and tasks: answered, listed and logged, the same JSON everywhere."""

import datetime as dt
from uuid import UUID

import msgspec

from taskhub.tasks.domain.priority import Priority
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task

PRIORITY_KEYS = {priority: priority.key for priority in Priority}


class ProjectView(msgspec.Struct, frozen=True):
    id: UUID
    workspace_id: UUID
    key: str
    name: str
    description: str | None
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


class TaskView(msgspec.Struct, frozen=True):
    id: UUID
    workspace_id: UUID
    project_id: UUID
    number: int
    key: str
    title: str
    description: str | None
    status: str
    status_category: str
    priority: str
    assignee_ids: list[UUID]
    due: DueView | None
    due_at: dt.datetime | None
    closed_at: dt.datetime | None
    created_by_id: UUID
    created_at: dt.datetime
    updated_at: dt.datetime
    deleted_at: dt.datetime | None
    version: int


def project_view(project: Project) -> ProjectView:
    return ProjectView(
        project.id,
        project.workspace_id,
        project.key,
        project.name,
        project.description,
        project.archived_at,
        project.version,
        project.created_by_id,
        project.created_at,
        project.updated_at,
        project.deleted_at,
    )


def task_view(task: Task) -> TaskView:
    content = task.content
    due = content.due
    return TaskView(
        task.id,
        task.workspace_id,
        task.project_id,
        task.number or 0,
        task.key,
        content.title,
        content.description,
        content.status,
        task.status_category,
        PRIORITY_KEYS[content.priority],
        list(content.assignee_ids),
        DueView(due.date, due.time, due.time_zone) if due else None,
        due.at if due else None,
        task.closed_at,
        task.created_by_id,
        task.created_at,
        task.updated_at,
        task.deleted_at,
        task.version,
    )
