"""What the two floors have in common: what goes in, and where it goes."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec
from benchmarks.floor.auth import Claims
from benchmarks.floor.views import NewTask, Task
from uuid_utils.compat import uuid7

Position = tuple[datetime, UUID] | None


@dataclass(slots=True)
class Draft:
    workspace_id: UUID
    body: NewTask
    claims: Claims
    request_id: str
    id: UUID = field(default_factory=uuid7)
    event_id: UUID = field(default_factory=uuid7)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def task(self, number: int, key: str) -> Task:
        return Task(
            self.id,
            self.workspace_id,
            self.body.project_id,
            number,
            key,
            self.body.title,
            self.body.description,
            "todo",
            "todo",
            "none",
            [],
            None,
            None,
            None,
            self.claims.user_id,
            self.now,
            self.now,
            None,
            1,
        )


@dataclass(slots=True)
class Change:
    workspace_id: UUID
    task_id: UUID
    version: int
    changes: dict[str, Any]
    claims: Claims
    request_id: str
    event_id: UUID = field(default_factory=uuid7)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


class Store(Protocol):
    def __init__(self, pool: Any) -> None: ...

    async def task(self, claims: Claims, workspace_id: UUID, task_id: UUID) -> Any: ...

    async def page(self, claims: Claims, workspace_id: UUID, after: Position, limit: int) -> list[Any]: ...

    async def create(self, draft: Draft) -> Task: ...

    async def change(self, change: Change) -> Task: ...


def first_changes(task: Task) -> dict[str, Any]:
    """What the log says of a new task: all that it has, from nothing."""
    return {
        name: (None, value)
        for name, value in msgspec.structs.asdict(task).items()
        if value is not None and name not in ("version", "updated_at")
    }
