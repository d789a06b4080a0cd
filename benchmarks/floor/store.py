"""What the two floors have in common: what goes in, and where it goes."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from benchmarks.floor.auth import Claims
from benchmarks.floor.bodies import NewTask
from benchmarks.floor.views import Comment, Due, Task
from uuid_utils.compat import uuid7

_MENTION = re.compile(r"(?<![\w@])@([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?![\w-])", re.IGNORECASE)

Position = tuple[datetime, UUID] | None


class Filter(NamedTuple):
    """Labels, assignees and statuses, any of each."""

    label_ids: list[UUID]
    assignee_ids: list[UUID]
    statuses: list[str]


@dataclass(slots=True, kw_only=True)
class Command:
    workspace_id: UUID
    claims: Claims
    request_id: str
    event_id: UUID = field(default_factory=uuid7)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(slots=True, kw_only=True)
class Draft(Command):
    body: NewTask
    id: UUID = field(default_factory=uuid7)

    def task(self, number: int, key: str, status: str, category: str) -> Task:
        return new_task(self, self.id, self.body, number, key, status, category)


@dataclass(slots=True, kw_only=True)
class Drafts(Command):
    """New tasks of one project, by their ids."""

    project_id: UUID
    bodies: dict[UUID, NewTask]

    def tasks(self, last_number: int, project_key: str, status: str, category: str) -> list[Task]:
        """``last_number``: that of the last of them."""
        first = last_number - len(self.bodies) + 1
        return [
            new_task(self, id, body, number, f"{project_key}-{number}", status, category)
            for number, (id, body) in enumerate(self.bodies.items(), first)
        ]


def new_task(cause: Command, id: UUID, body: NewTask, number: int, key: str, status: str, category: str) -> Task:
    return Task(
        id,
        cause.workspace_id,
        body.project_id,
        number,
        key,
        body.title,
        body.description,
        status,
        category,
        "none",
        [],
        [],
        None,
        [],
        None,
        None,
        None,
        cause.claims.user_id,
        cause.now,
        cause.now,
        None,
        1,
    )


@dataclass(slots=True, kw_only=True)
class Change(Command):
    task_id: UUID
    version: int
    changes: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Move(Command):
    """``before``: which side of the other task."""

    task_id: UUID
    before: bool
    other_id: UUID


@dataclass(slots=True, kw_only=True)
class Batch(Command):
    """The days on which tasks are to be due."""

    dates: dict[UUID, date]

    def put_off(self, task: Task) -> dict[str, Any]:
        """Gives a task its day. Returns what that changed, for the log."""
        due = Due(self.dates[task.id], None, None)
        if task.due == due:
            return {}
        changes: dict[str, Any] = {"due": (task.due, due)}
        if task.due_at is not None:
            changes["due_at"] = (task.due_at, None)
        task.due, task.due_at, task.version, task.updated_at = due, None, task.version + 1, self.now
        return changes


@dataclass(slots=True, kw_only=True)
class Remark(Command):
    task_id: UUID
    body: str
    id: UUID = field(default_factory=uuid7)

    def named(self) -> list[UUID]:
        return [UUID(id) for id in set(_MENTION.findall(self.body))]

    def comment(self, mentioned_ids: list[UUID]) -> Comment:
        author_id = self.claims.user_id
        return Comment(self.id, self.workspace_id, self.task_id, author_id, self.body, mentioned_ids, None, 1, self.now, self.now)


class Store(Protocol):
    def __init__(self, pool: Any) -> None: ...

    async def task(self, claims: Claims, workspace_id: UUID, task_id: UUID) -> Any: ...

    async def page(self, claims: Claims, workspace_id: UUID, chosen: Filter | None, after: Position, limit: int) -> list[Any]: ...

    async def create(self, draft: Draft) -> Task: ...

    async def create_many(self, drafts: Drafts) -> list[Task]: ...

    async def change(self, change: Change) -> Task: ...

    async def move(self, move: Move) -> Task: ...

    async def change_many(self, batch: Batch) -> list[Task]: ...

    async def comment(self, remark: Remark) -> Comment: ...
