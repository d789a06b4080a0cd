"""A unit of work of the users module in memory, for tests of its use cases."""

from collections.abc import Iterable
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from taskhub.kernel.application.commands import Answer, Expected, Reply
from taskhub.kernel.domain.errors import NotFound, StaleVersion
from taskhub.users.domain.api_token import ApiToken
from taskhub.users.domain.session import Session
from taskhub.users.domain.user import User


class FakeMembershipExits:
    """``memberships`` are the workspaces of whoever asks; ``refusal`` is raised instead of leaving them."""

    def __init__(self, memberships: Iterable[UUID] = (), refusal: Exception | None = None) -> None:
        self.memberships = set(memberships)
        self.refusal = refusal
        self.released: list[UUID] = []

    async def is_member(self, workspace_id: UUID, user_id: UUID) -> bool:
        return workspace_id in self.memberships

    async def leave_all(self, user_id: UUID, *, now: datetime) -> None:
        if self.refusal:
            raise self.refusal
        self.released.append(user_id)

    async def require_left_all(self, user_id: UUID) -> None:
        assert user_id in self.released


class FakeUsersUnitOfWork:
    """``steps`` tells what was locked and loaded, in order; ``added`` and ``removed`` what a commit would write."""

    def __init__(self, *loaded: User | Session | ApiToken, membership_exits: FakeMembershipExits | None = None) -> None:
        self.rests_on_cache = False
        self.steps: list[str] = []
        self.added: list[Any] = []
        self.removed: list[Any] = []
        self.forgotten: list[UUID] = []
        self.forgotten_addresses: list[UUID] = []
        self.users = FakeUserRepository(self, [one for one in loaded if isinstance(one, User)])
        self.sessions = FakeSessionRepository(self, [one for one in loaded if isinstance(one, Session)])
        self.api_tokens = FakeApiTokenRepository(self, [one for one in loaded if isinstance(one, ApiToken)])
        self.membership_exits = membership_exits or FakeMembershipExits()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    async def lock(self, *, seconds: float | None = None) -> None:
        self.steps.append("lock")

    async def commit(self, result: Any, reply: Reply) -> Answer:
        return Answer(reply, None, b"")

    async def delete_idempotency_keys(self, user_id: UUID) -> None:
        self.forgotten.append(user_id)

    async def delete_addresses(self, user_id: UUID) -> None:
        self.forgotten_addresses.append(user_id)


class _FakeRepository:
    def __init__(self, uow: FakeUsersUnitOfWork, things: list[Any]) -> None:
        self._uow = uow
        self._things = things

    def add(self, thing: Any) -> None:
        self._uow.added.append(thing)

    def remove(self, thing: Any) -> None:
        assert thing.event is not None, "what is removed has to say so in the log"
        self._uow.removed.append(thing)

    async def find(self, *key: UUID) -> Any:
        self._uow.steps.append(type(self).__name__)
        *owner, id = key
        return next((one for one in self._things if one.id == id and (not owner or one.user_id == owner[0])), None)

    async def get(self, *key: UUID, expected: Expected = None) -> Any:
        thing = await self.find(*key)
        if thing is None:
            raise NotFound
        if expected is not None and thing.version not in expected:
            raise StaleVersion(thing.version)
        return thing

    async def of_user(self, user_id: UUID) -> list[Any]:
        return [one for one in self._things if one.user_id == user_id]


class FakeUserRepository(_FakeRepository):
    async def find(self, *key: UUID) -> User | None:
        user: User | None = await super().find(*key)
        return user if user and user.deleted_at is None else None

    async def find_by_email(self, key: str) -> User | None:
        return next((user for user in self._things if user.email and user.email.key == key), None)


class FakeSessionRepository(_FakeRepository):
    pass


class FakeApiTokenRepository(_FakeRepository):
    pass
