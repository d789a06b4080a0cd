"""The port of whoever checks what a route demands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from taskhub.kernel.contract.access import Access
from taskhub.kernel.contract.caller import Caller


@dataclass(frozen=True, slots=True)
class HeldRight:
    """What a request that stays open was admitted with."""

    authorization: str | None
    caller: Caller
    stream_id: UUID


class Authorizer(Protocol):
    """Finds out who asks and whether they may."""

    async def authenticate(self, authorization: str | None) -> Caller:
        """Whoever an `Authorization` header proves to be.

        Raises:
            DomainError: 401 without a good credential.
        """

    async def authorize(self, caller: Caller, access: Access, stream_id: UUID | None) -> Any:
        """Returns what the caller has been granted, for the endpoint. ``stream_id``: the stream that the path names, if it does.

        Raises:
            DomainError: 404 for a stream that is not there for the caller, 403 without the right.
        """

    async def renew(self, held: Sequence[HeldRight]) -> None:
        """Reads again what proves these rights, with as many statements for all as for one. Right after that, `authenticate` and
        `authorize` need none for those that are still there.

        Raises:
            Unavailable, Busy
        """
