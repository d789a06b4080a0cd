"""What the use cases of this module need from outside."""

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
"""How long an access token lives."""


class Users(Protocol):
    async def find(self, id: UUID, /) -> User | None: ...

    async def find_by_email(self, key: str) -> User | None: ...

    async def get(self, id: UUID, /, *, expected: Expected = None) -> User:
        """Raises:
        NotFound
        StaleVersion
        """

    def add(self, user: User) -> None: ...


class Sessions(Protocol):
    async def find(self, user_id: UUID, id: UUID, /) -> Session | None: ...

    async def get(self, user_id: UUID, id: UUID, /, *, expected: Expected = None) -> Session:
        """Raises:
        NotFound
        StaleVersion
        """

    async def of_user(self, user_id: UUID) -> list[Session]: ...

    def add(self, session: Session) -> None: ...

    def remove(self, session: Session) -> None: ...


class ApiTokens(Protocol):
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
    def users(self) -> Users: ...

    @property
    def sessions(self) -> Sessions: ...

    @property
    def api_tokens(self) -> ApiTokens: ...

    @property
    def membership_exits(self) -> MembershipExits: ...

    async def delete_idempotency_keys(self, user_id: UUID) -> None:
        """Removes the user's idempotency keys, and the answers kept with them. The unit of work must be locking."""

    async def delete_addresses(self, user_id: UUID) -> None:
        """Removes the addresses that the user signed in from. The unit of work must be locking."""


class PasswordHasher(Protocol):
    """Slow on purpose, so never called while a unit of work is open: its connection would wait along.

    Raises:
        Busy: too many are waiting already.
    """

    async def hash(self, password: str) -> str: ...

    async def verify(self, password: str, known: str | None) -> "Verdict":
        """Takes the same time whether there is a hash to compare with or not."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``rehashed`` is the password under today's parameters and in its canonical form, where the known hash is not."""

    is_right: bool
    rehashed: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token. ``is_genuine``: this service made it, whether it still works or not."""

    text: str = field(repr=False)
    user_id: UUID
    session_id: UUID
    digest: str = field(repr=False)
    is_genuine: bool


class RefreshTokens(Protocol):
    def first(self, user_id: UUID, session_id: UUID) -> RefreshToken: ...

    def read(self, text: str) -> RefreshToken | None:
        """None for anything that does not have the form of a refresh token."""

    def successors(self, token: RefreshToken) -> list[RefreshToken]:
        """What a token is exchanged for: always the same, one for each of the server's secrets, the current one first."""


class ApiTokenSecrets(Protocol):
    def mint(self) -> tuple[str, str]:
        """A new secret, and the digest that it is known by."""


class AccessTokens(Protocol):
    def issue(self, user_id: UUID, session_id: UUID, *, now: datetime) -> str:
        """A token that proves the session for `ACCESS_SECONDS`."""
