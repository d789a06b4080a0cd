"""In-memory implementations of the ports."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from taskhub.kernel.domain.errors import NotFound
from taskhub.tasks.contract.references import TaskRef
from taskhub.tasks.contract.tasks import TaskFacts

from taskhub_time_tracking.domain.time_entry import TimeEntry


class FakeTimeEntryRepository:
    def __init__(self) -> None:
        self.kept: dict[UUID, TimeEntry] = {}

    async def get(self, workspace_id: UUID, id: UUID, /, *, expected: Any = None) -> TimeEntry:
        if id not in self.kept:
            raise NotFound
        return self.kept[id]

    async def find_running(self, workspace_id: UUID, task_id: UUID, *, limit: int) -> list[TimeEntry]:
        found = await self.find_of_task(workspace_id, task_id, limit=len(self.kept))
        return [entry for entry in found if entry.stopped_at is None][:limit]

    async def find_of_task(self, workspace_id: UUID, task_id: UUID, *, limit: int) -> list[TimeEntry]:
        found = [entry for entry in self.kept.values() if (entry.workspace_id, entry.task_id) == (workspace_id, task_id)]
        return sorted(found, key=lambda entry: entry.started_at)[:limit]

    async def find_all(self, workspace_id: UUID, ids: Iterable[UUID], /) -> list[TimeEntry]:
        return [self.kept[id] for id in ids if id in self.kept]

    def add(self, entry: TimeEntry) -> None:
        self.kept[entry.id] = entry

    def remove(self, entry: TimeEntry) -> None:
        del self.kept[entry.id]


class FakeTasks:
    """Tasks that a test has made up, by their ids."""

    def __init__(self) -> None:
        self.known: dict[UUID, TaskFacts] = {}

    async def find(self, workspace_id: UUID, refs: Iterable[TaskRef]) -> dict[TaskRef, TaskFacts]:
        return {ref: self.known[ref] for ref in refs if isinstance(ref, UUID) and ref in self.known}

    async def require(self, workspace_id: UUID, ref: TaskRef, *, keep_unclosed: bool = False) -> TaskFacts:
        found = await self.find(workspace_id, [ref])
        if ref not in found:
            raise NotFound
        return found[ref]


@dataclass
class FakeUnitOfWork:
    """As far as use cases and subscribers need it: they never open or commit one."""

    time_entries: FakeTimeEntryRepository = field(default_factory=FakeTimeEntryRepository)
    tasks: FakeTasks = field(default_factory=FakeTasks)
    redacted: list[UUID] = field(default_factory=list)

    async def redact(self, workspace_id: UUID, ids: Iterable[UUID]) -> None:
        self.redacted += ids
