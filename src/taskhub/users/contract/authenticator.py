"""Who is asking: the port that turns a credential into a caller."""

from typing import Protocol

from taskhub.kernel.contract.caller import Caller


class Authenticator(Protocol):
    async def authenticate(self, authorization: str | None) -> Caller:
        """The caller behind an `Authorization` header.

        A credential that was revoked, or whose session has ended, is refused within one second of that everywhere.

        Raises:
            NotAuthenticated: there is no bearer token.
            InvalidToken: it is not one of ours, or not any more.
            TokenExpired
        """
