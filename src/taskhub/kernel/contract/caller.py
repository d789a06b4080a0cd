"""Who is asking: the identity that a request has proven."""

from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID


class Scope(IntEnum):
    """What a credential was issued for. Each scope includes those below it."""

    READ = 1
    WRITE = 2
    ADMIN = 3


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated user and the limits of the credential they used.

    ``session_id`` is set for a sign-in, ``token_id`` for an API token; ``stream_id`` is the only stream that a bound token may
    see.
    """

    user_id: UUID
    scope: Scope
    session_id: UUID | None = None
    token_id: UUID | None = None
    stream_id: UUID | None = None
