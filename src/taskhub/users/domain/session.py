"""A session: one sign-in, kept alive by refresh tokens that each work once."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from taskhub.kernel.domain.aggregate import Aggregate

LIFETIME = timedelta(days=30)
"""From the last use of a refresh token."""
GRACE = timedelta(seconds=30)
"""How long a spent refresh token still leads to its successor: two tabs, a lost reply."""
MAX_SPENT_TOKENS = 100
"""How many tokens, spent within `GRACE` of each other, are remembered."""


@dataclass(frozen=True, slots=True)
class SpentToken:
    """A refresh token that was used, by its digest."""

    digest: str = field(repr=False)
    at: datetime


@dataclass(eq=False)
class Session(Aggregate):
    """``refresh_digest`` is the digest of the only refresh token that works; ``spent`` are those before it, the oldest first."""

    entity_type: ClassVar[str] = "session"

    user_id: UUID
    id: UUID
    user_agent: str | None
    refresh_digest: str = field(repr=False)
    spent: tuple[SpentToken, ...] = field(repr=False)
    expires_at: datetime
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def open(cls, *, user_id: UUID, id: UUID, user_agent: str | None, refresh_digest: str, now: datetime) -> "Session":
        session = cls(user_id, id, user_agent, refresh_digest, (), now + LIFETIME, 1, now, now)
        session._record("session.opened")
        return session

    @property
    def stream_id(self) -> UUID:
        return self.user_id

    def is_expired(self, now: datetime) -> bool:
        return now >= self.expires_at

    def accepts(self, digest: str) -> bool:
        """Whether this is the refresh token that works now."""
        return hmac.compare_digest(self.refresh_digest, digest)

    def refresh(self, successor_digest: str, now: datetime) -> None:
        """Spends the current refresh token for its successor, and lives on for another `LIFETIME`."""
        recent = tuple(token for token in self.spent if now - token.at <= GRACE)
        spent = (*recent, SpentToken(self.refresh_digest, now))[-MAX_SPENT_TOKENS:]
        self._change("session.refreshed", now, refresh_digest=successor_digest, spent=spent, expires_at=now + LIFETIME)

    def successor_of(self, digest: str, now: datetime) -> str | None:
        """The digest of the token that a lately spent one was exchanged for; None if it was not spent, or too long ago."""
        digests = [*(token.digest for token in self.spent), self.refresh_digest]
        for token, successor in zip(self.spent, digests[1:], strict=True):
            if hmac.compare_digest(token.digest, digest):
                return successor if now - token.at <= GRACE else None
        return None

    def end(self, now: datetime) -> None:
        self.updated_at = now
        self._record("session.ended")
