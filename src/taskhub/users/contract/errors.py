"""Errors of authentication. Each carries the `WWW-Authenticate` header that HTTP requires, as plain bytes."""

from taskhub.kernel.domain.errors import Category, DomainError

Challenge = tuple[tuple[bytes, bytes], ...]

BARE: Challenge = ((b"www-authenticate", b"Bearer"),)
INVALID: Challenge = ((b"www-authenticate", b'Bearer error="invalid_token"'),)


class NotAuthenticated(DomainError):
    category, code, title = Category.UNAUTHENTICATED, "not_authenticated", "Not authenticated"
    headers: Challenge = BARE

    def __init__(self) -> None:
        super().__init__("Authentication is required: send `Authorization: Bearer` with an access token or an API token.")


class InvalidToken(DomainError):
    category, code, title = Category.UNAUTHENTICATED, "invalid_token", "Invalid token"
    headers: Challenge = INVALID

    def __init__(
        self, detail: str = "The token is not valid: it was not issued by this service, it was revoked, or its session has ended."
    ) -> None:
        super().__init__(detail)


class TokenExpired(DomainError):
    category, code, title = Category.UNAUTHENTICATED, "token_expired", "Token expired"
    headers: Challenge = INVALID

    def __init__(self) -> None:
        super().__init__("The token has expired. Renew the session with its refresh token, or use another API token.")
