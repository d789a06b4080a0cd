"""The workspaces module's unit of work in memory. It passes the same tests as the real one."""

from collections.abc import Iterable
from copy import deepcopy
from types import TracebackType
from typing import Any, Generic, Self, TypeVar
from uuid import UUID

from support.harness.event_check import declared
from taskhub.kernel.application.commands import Answer, Expected, Reply
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.domain.errors import NotFound, StaleVersion
from taskhub.users.contract.errors import InvalidToken
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.invitation import Invitation
from taskhub.workspaces.domain.member import Member
from taskhub.workspaces.domain.roster import Roster
from taskhub.workspaces.domain.workspace import Workspace

A = TypeVar("A", bound=Aggregate)
Key = tuple[type, tuple[UUID, ...]]


class FakeWorkspaceStore:
    """What has been committed: aggregates by type and key, and the types of their events in order."""

    def __init__(self, *aggregates: Aggregate) -> None:
        self.aggregates: dict[Key, Any] = {_key_of(aggregate): aggregate for aggregate in aggregates}
        self.events: list[str] = []
        self.closed_accounts: set[UUID] = set()

    def all(self, kind: type[A]) -> list[A]:
        return [aggregate for (known, _), aggregate in self.aggregates.items() if known is kind]


class FakeAccounts:
    def __init__(self, store: FakeWorkspaceStore) -> None:
        self._store = store

    async def require(self, user_id: UUID) -> None:
        if user_id in self._store.closed_accounts:
            raise InvalidToken


class FakeWorkspacesUnitOfWork:
    def __init__(self, store: FakeWorkspaceStore) -> None:
        self.store = store
        self.loaded: dict[Key, Any] = {}
        self.is_locking = False
        self.rests_on_cache = False
        self.workspaces = FakeWorkspaceRepository(self, Workspace)
        self.members = FakeMemberRepository(self, Member)
        self.invitations = FakeRepository(self, Invitation)
        self.accounts = FakeAccounts(store)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.loaded.clear()

    async def lock(self, *, seconds: float | None = None) -> None:
        self.is_locking = True

    async def commit(self, result: Any = None, reply: Reply = Reply()) -> Answer:  # noqa: B008  # A frozen value.
        for key, aggregate in self.loaded.items():
            if aggregate.event is not None:
                self._settle(key, aggregate)
        return Answer(reply, getattr(result, "version", None), b"")

    def _settle(self, key: Key, aggregate: Any) -> None:
        if key in self.store.aggregates:
            aggregate.version += 1
        self.store.events.append(declared(aggregate.event))
        settled = deepcopy(aggregate)
        settled.event = None
        self.store.aggregates[key] = settled

    def load(self, key: Key) -> Any | None:
        if key not in self.loaded and key in self.store.aggregates:
            self.loaded[key] = deepcopy(self.store.aggregates[key])
        return self.loaded.get(key)


class FakeRepository(Generic[A]):
    def __init__(self, uow: FakeWorkspacesUnitOfWork, kind: type[A]) -> None:
        self._uow = uow
        self._kind = kind

    async def find(self, *key: UUID) -> A | None:
        return self._uow.load((self._kind, key))

    def add(self, aggregate: A) -> None:
        self._uow.loaded[_key_of(aggregate)] = aggregate


class FakeWorkspaceRepository(FakeRepository[Workspace]):
    async def find(self, *key: UUID, with_deleted: bool = False) -> Workspace | None:
        found = await super().find(*key)
        return found if found and (with_deleted or not found.is_deleted) else None

    async def get(self, id: UUID, /, *, expected: Expected = None, with_deleted: bool = False) -> Workspace:
        workspace = await self.find(id, with_deleted=with_deleted)
        if workspace is None:
            raise NotFound
        if expected is not None and workspace.version not in expected:
            raise StaleVersion(workspace.version)
        return workspace


class FakeMemberRepository(FakeRepository[Member]):
    async def roster(self, workspace_id: UUID, user_ids: Iterable[UUID]) -> Roster:
        wanted = set(user_ids)
        here = [member for member in self._uow.store.all(Member) if member.workspace_id == workspace_id]
        named = [member for member in here if member.role is Role.OWNER or member.user_id in wanted]
        return Roster(self._uow.load(_key_of(member)) for member in named)  # type: ignore[misc]  # They are there.


def _key_of(aggregate: Any) -> Key:
    kind = type(aggregate)
    if kind is Workspace:
        return kind, (aggregate.id,)
    return kind, (aggregate.workspace_id, aggregate.user_id if kind is Member else aggregate.id)
