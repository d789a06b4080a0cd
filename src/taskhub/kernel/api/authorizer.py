"""The port of whoever checks what a route demands."""

from typing import Protocol

from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.contract.access import Access


class Authorizer(Protocol):
    """Finds out who asks and whether they may."""

    async def authorize(self, request: ApiRequest, access: Access) -> None:
        """Sets the request's caller (and role), or refuses. A public route sets none.

        Raises:
            DomainError: 401 without a good credential, 404 for a workspace that is not the caller's, 403 without the right.
        """
