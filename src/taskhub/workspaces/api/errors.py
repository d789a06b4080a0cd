"""Errors for a valid credential that does not allow the operation."""

from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.domain.errors import Category, DomainError, NotAllowed


class InsufficientScope(DomainError):
    category, code, title = Category.FORBIDDEN, "insufficient_scope", "Insufficient scope"

    def __init__(self, needed: Scope) -> None:
        scope = needed.name.lower()
        super().__init__(f"This operation requires a token with the scope {scope}.")
        self.headers = ((b"www-authenticate", b'Bearer error="insufficient_scope", scope="%s"' % scope.encode()),)


class SessionRequired(NotAllowed):
    def __init__(self) -> None:
        super().__init__("This operation requires a session. API tokens are not accepted: sign in.")


class TokenBound(NotAllowed):
    def __init__(self) -> None:
        super().__init__("This token is restricted to one workspace and can't be used outside of it.")
