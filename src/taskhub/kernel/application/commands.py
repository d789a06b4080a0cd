"""What surrounds a command: who asked, under which conditions, and what to answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

Expected = frozenset[int] | None
"""The versions that the caller accepts (`If-Match`); None where any version will do."""


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """An `Idempotency-Key`: unique per stream (workspace, or user outside one) and user.

    ``fingerprint`` is a digest of the whole request, so that a key is never taken for two different ones.
    """

    stream_id: UUID
    user_id: UUID
    key: str
    fingerprint: bytes
    earlier_fingerprint: Callable[[], bytes] | None = None
    """How an earlier version of this service told requests apart, for records that it left."""

    def is_of(self, fingerprint: bytes) -> bool:
        """Whether a record is that of the same request."""
        if fingerprint == self.fingerprint:
            return True
        return self.earlier_fingerprint is not None and fingerprint == self.earlier_fingerprint()


class Joinable(Protocol):
    """A transaction that is open already, which commands join instead of beginning one of their own."""

    def join(self, context: "Context", /) -> Any:
        """The `Attempt` with which a command begins its unit of work in it."""


@dataclass(frozen=True, slots=True)
class Context:
    """The circumstances of one command.

    Attributes:
        joins: the transaction that it is part of, in a batch or a dry run; None where it has its own.
        is_dry_run: whether all of it is undone in the end.
    """

    actor_id: UUID | None = None
    request_id: str | None = None
    idempotency_key: IdempotencyKey | None = None
    joins: Joinable | None = None
    is_dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """The part of an answer that is known before the command has run."""

    status: int = 200
    location: str | None = None
    present: Callable[[Any], Any] | None = None
    """What the answer makes of the logged representation, if it shows more. Such a body is kept with the idempotency key."""
    if_new: "Reply | None" = None
    """What is answered instead where the thing that it shows is new."""

    def of(self, *, is_new: bool) -> "Reply":
        return self.if_new if is_new and self.if_new is not None else self


@dataclass(frozen=True, slots=True)
class Answer:
    """A committed command, as it is told to the caller and kept with its idempotency key.

    ``body`` is the encoded representation, empty where there is none; ``version`` and ``entity_id`` are those of the thing it
    shows.
    """

    reply: Reply
    version: int | None
    body: bytes
    replayed: bool = False
    entity_id: UUID | None = None
