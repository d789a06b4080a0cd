"""The port that identifies the caller by a credential."""

from collections.abc import Sequence
from typing import Protocol

from taskhub.kernel.contract.caller import Caller


class Authenticator(Protocol):
    async def authenticate(self, authorization: str | None) -> Caller:
        """The caller with an `Authorization` header.

        A revoked credential, or one whose session has ended, is refused by all processes within one second.

        Raises:
            NotAuthenticated: the header contains no bearer token.
            InvalidToken: the token was not issued by this service, or is no longer valid.
            TokenExpired
        """

    async def renew(self, known: Sequence[tuple[str | None, Caller]]) -> None:
        """Reads again which of these credentials are good, each with the caller whom it proved. For those that are,
        `authenticate` has no need to read until a second has passed, unless they are kept on several nodes (Citus).

        Raises:
            Unavailable, Busy
        """
