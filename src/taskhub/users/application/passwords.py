"""Check passwords. This is done before a unit of work is opened, because hashing takes a tenth of a second."""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from taskhub.users.application.ports import PasswordHasher, Verdict
from taskhub.users.domain.email import EmailAddress
from taskhub.users.domain.errors import InvalidCredentials, WrongPassword
from taskhub.users.domain.password import canonical
from taskhub.users.domain.user import User


@dataclass(frozen=True, slots=True)
class Credentials:
    """The data needed to check a password. ``knows_address``: the account was recently signed in to from this network address."""

    user_id: UUID
    password_hash: str = field(repr=False)
    password_number: int
    version: int
    knows_address: bool = False


class CredentialStore(Protocol):
    async def by_email(self, key: str, address: str) -> Credentials | None: ...

    async def by_id(self, user_id: UUID) -> Credentials | None: ...


@dataclass(frozen=True, slots=True)
class Proof:
    """Proof that the caller knew the password with this number when the account was at this version."""

    user_id: UUID
    password_number: int
    version: int
    rehashed: str | None = field(default=None, repr=False)

    def holds_for(self, user: User) -> bool:
        return user.id == self.user_id and user.password_number == self.password_number


class Passwords:
    def __init__(self, store: CredentialStore, hasher: PasswordHasher) -> None:
        self._store = store
        self._hasher = hasher

    async def find(self, email: str, address: str) -> Credentials | None:
        """The credentials of the account with an email, for a request from an address. None, in the same time, if there is no
        such account or it is not an email address.
        """
        try:
            key = EmailAddress.parse(email).key
        except ValueError:
            key = ""
        return await self._store.by_email(key, address)

    async def prove_found(self, known: Credentials | None, password: str) -> Proof:
        """Takes the same time whether or not the account exists.

        Raises:
            InvalidCredentials
            Busy
        """
        proof = await self._prove(known, password)
        if proof is None:
            raise InvalidCredentials
        return proof

    async def prove(self, user_id: UUID, password: str) -> Proof:
        """Raises:
        WrongPassword
        Busy
        """
        proof = await self._prove(await self._store.by_id(user_id), password)
        if proof is None:
            raise WrongPassword
        return proof

    async def hash(self, password: str) -> str:
        """Raises:
        Busy
        """
        return await self._hasher.hash(canonical(password))

    async def _prove(self, known: Credentials | None, password: str) -> Proof | None:
        verdict = await self._verify(password, known.password_hash if known else None)
        if known is None or not verdict.is_right:
            return None
        return Proof(known.user_id, known.password_number, known.version, verdict.rehashed)

    async def _verify(self, password: str, known: str | None) -> Verdict:
        """Earlier versions hashed passwords as they were typed. So a password that differs from its canonical form is tried in
        both forms.

        This depends only on the password, so the time reveals nothing about the account.
        """
        form = canonical(password)
        verdict = await self._hasher.verify(form, known)
        if verdict.is_right or form == password:
            return verdict
        former = await self._hasher.verify(password, known)
        return Verdict(is_right=True, rehashed=await self._hasher.hash(form)) if former.is_right else former
