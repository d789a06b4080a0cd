"""Ports: what the use cases of this module need from the infrastructure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.unit_of_work import UnitOfWork
from taskhub.users.contract.membership_exits import MembershipExits
from taskhub.users.domain.api_token import ApiToken
from taskhub.users.domain.session import Session
from taskhub.users.domain.user import User

ACCESS_SECONDS = 900
"""The lifetime of an access token."""


class UserRepository(Protocol):
    async def find(self, id: UUID, /) -> User | None: ...

    async def find_by_email(self, key: str) -> User | None: ...

    async def get(self, id: UUID, /, *, expected: Expected = None) -> User:
        """Raises:
        NotFound
        StaleVersion
        """

    def add(self, user: User) -> None: ...


class SessionRepository(Protocol):
    async def find(self, user_id: UUID, id: UUID, /) -> Session | None: ...

    async def get(self, user_id: UUID, id: UUID, /, *, expected: Expected = None) -> Session:
        """Raises:
        NotFound
        StaleVersion
        """

    async def of_user(self, user_id: UUID) -> list[Session]: ...

    def add(self, session: Session) -> None: ...

    def remove(self, session: Session) -> None: ...


class ApiTokenRepository(Protocol):
    async def get(self, user_id: UUID, id: UUID, /, *, expected: Expected = None) -> ApiToken:
        """Raises:
        NotFound
        StaleVersion
        """

    async def of_user(self, user_id: UUID) -> list[ApiToken]: ...

    def add(self, token: ApiToken) -> None: ...

    def remove(self, token: ApiToken) -> None: ...


class UsersUnitOfWork(UnitOfWork, Protocol):
    @property
    def users(self) -> UserRepository: ...

    @property
    def sessions(self) -> SessionRepository: ...

    @property
    def api_tokens(self) -> ApiTokenRepository: ...

    @property
    def membership_exits(self) -> MembershipExits: ...

    async def delete_idempotency_keys(self, user_id: UUID) -> None:
        """Deletes the idempotency keys of the user and the stored responses. The unit of work must be in locking mode."""

    async def delete_addresses(self, user_id: UUID) -> None:
        """Deletes the addresses that the user signed in from. The unit of work must be in locking mode."""


class PasswordHasher(Protocol):
    """Hashing is slow on purpose. Never call it while a unit of work is open, which would hold a database connection.

    Raises:
        Busy: too many calls are waiting.
    """

    async def hash(self, password: str) -> str: ...

    async def verify(self, password: str, known: str | None) -> "Verdict":
        """Takes the same time with and without a hash."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``rehashed``: a new hash with the current parameters and of the canonical form, if the stored one is outdated."""

    is_right: bool
    rehashed: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token. ``is_genuine``: it was issued by this service, even if it is no longer valid."""

    text: str = field(repr=False)
    user_id: UUID
    session_id: UUID
    digest: str = field(repr=False)
    is_genuine: bool


class RefreshTokens(Protocol):
    def first(self, user_id: UUID, session_id: UUID) -> RefreshToken: ...

    def read(self, text: str) -> RefreshToken | None:
        """None if the text does not have the form of a refresh token."""

    def successors(self, token: RefreshToken) -> list[RefreshToken]:
        """The successors of a token: always the same, one for each secret of the server, the current secret first."""


class ApiTokenSecrets(Protocol):
    def mint(self) -> tuple[str, str]:
        """A new secret and the digest under which it is stored."""


class AccessTokens(Protocol):
    def issue(self, user_id: UUID, session_id: UUID, *, now: datetime) -> str:
        """An access token of the session, valid for `ACCESS_SECONDS`."""
