"""The port of whoever checks what a route demands."""

from typing import Any, Protocol
from uuid import UUID

from taskhub.kernel.contract.access import Access
from taskhub.kernel.contract.caller import Caller


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
