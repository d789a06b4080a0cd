"""The tasks module's unit of work in memory, for tests of use cases.

It passes the same contract tests as the real one.
"""

from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from support.fakes.tasks.repositories import (
    FakeCommentRepository,
    FakeLabelRepository,
    FakeMemberships,
    FakeProjectRepository,
    FakeTaskRepository,
)
from support.fakes.tasks.store import FakeSession, FakeStore
from support.fakes.tasks.structure import FakeCascades, FakeOrder, FakeStructure
from taskhub.kernel.application.commands import Answer, Reply
from taskhub.tasks.domain.comment import Comment


class FakeTasksUnitOfWork(FakeSession):
    def __init__(self, store: FakeStore) -> None:
        super().__init__(store)
        self.projects = FakeProjectRepository(self)
        self.tasks = FakeTaskRepository(self)
        self.structure = FakeStructure(self)
        self.order = FakeOrder(self)
        self.cascades = FakeCascades(self)
        self.labels = FakeLabelRepository(self)
        self.comments = FakeCommentRepository(self)
        self.memberships = FakeMemberships(store)
        self._forgotten: set[UUID] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.loaded.clear()

    async def lock(self, *, seconds: float | None = None) -> None:
        self.is_locking = True

    async def redact(self, workspace_id: UUID, ids: Iterable[UUID]) -> None:
        self.writes()
        self._forgotten.update(ids)

    async def remove_dependent_rows(self, workspace_id: UUID, task_ids: Iterable[UUID]) -> list[UUID]:
        self.writes()
        gone = {*task_ids}
        comments = [comment for comment in self.all(Comment, workspace_id) if comment.task_id in gone]
        self.drop(comments)
        keys = self.ledger.former_keys
        self.ledger.former_keys = {key: id for key, id in keys.items() if id not in gone}
        return [comment.id for comment in comments]

    async def remove_workspace_rows(self, workspace_id: UUID, *, limit: int) -> int:
        keys = [key for key in self.store.aggregates if key[1] == workspace_id][:limit]
        for key in keys:
            del self.store.aggregates[key]
        return len(keys)

    async def commit(self, result: Any = None, reply: Reply = Reply()) -> Answer:  # noqa: B008  # A frozen value.
        self.flush()
        self.store.forgotten |= self._forgotten
        return Answer(reply, getattr(result, "version", None), b"")
