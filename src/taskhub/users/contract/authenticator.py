"""The port that identifies the caller by a credential."""

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
