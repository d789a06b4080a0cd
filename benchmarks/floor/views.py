"""Tasks and comments as JSON, written down by hand: from a row to the answer, and to what the log keeps of it."""

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec

PRIORITIES = ("none", "low", "medium", "high", "urgent")
COLUMNS = """t.id, t.workspace_id, t.project_id, t.number, t.project_key, t.title, t.description, t.status, t.status_category,
    t.priority, t.assignee_ids, t.label_ids, t.parent_id, t.blocked_by_ids, t.due_date, t.due_time, t.due_time_zone, t.due_at,
    t.closed_at, t.created_by_id, t.created_at, t.updated_at, t.deleted_at, t.version"""

encode = msgspec.json.Encoder().encode


class Due(msgspec.Struct):
    date: dt.date
    time: dt.time | None
    time_zone: str | None


class Task(msgspec.Struct):
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
    label_ids: list[UUID]
    parent_id: UUID | None
    blocked_by_ids: list[UUID]
    due: Due | None
    due_at: dt.datetime | None
    closed_at: dt.datetime | None
    created_by_id: UUID
    created_at: dt.datetime
    updated_at: dt.datetime
    deleted_at: dt.datetime | None
    version: int


class Comment(msgspec.Struct):
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


class Several(msgspec.Struct):
    items: list[Task]


class Page(msgspec.Struct):
    items: list[Task]
    next_cursor: str | None


def first_changes(thing: Task | Comment) -> dict[str, Any]:
    """What the log says of a new thing: all that it has, from nothing."""
    return {
        name: (None, value)
        for name, value in msgspec.structs.asdict(thing).items()
        if value is not None and name not in ("version", "updated_at")
    }


def task_of(row: Any) -> Task:
    """From a row of `COLUMNS`."""
    (
        id,
        workspace_id,
        project_id,
        number,
        project_key,
        title,
        description,
        status,
        category,
        priority,
        assignee_ids,
        label_ids,
        parent_id,
        blocked_by_ids,
        date,
        time,
        time_zone,
        *instants,
        version,
    ) = row
    due_at, closed_at, created_by_id, created_at, updated_at, deleted_at = instants
    return Task(
        id,
        workspace_id,
        project_id,
        number,
        f"{project_key}-{number}",
        title,
        description,
        status,
        category,
        PRIORITIES[priority],
        assignee_ids,
        label_ids,
        parent_id,
        blocked_by_ids,
        Due(date, time, time_zone) if date is not None else None,
        due_at,
        closed_at,
        created_by_id,
        created_at,
        updated_at,
        deleted_at,
        version,
    )
