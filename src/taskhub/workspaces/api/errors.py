"""What the authorizer says to a credential that is good, but not for this."""

from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.domain.errors import Category, DomainError, NotAllowed


class InsufficientScope(DomainError):
    category, code, title = Category.FORBIDDEN, "insufficient_scope", "Insufficient scope"

    def __init__(self, needed: Scope) -> None:
        scope = needed.name.lower()
        super().__init__(f"This takes a token with the scope {scope}.")
        self.headers = ((b"www-authenticate", b'Bearer error="insufficient_scope", scope="%s"' % scope.encode()),)


class SessionRequired(NotAllowed):
    def __init__(self) -> None:
        super().__init__("This takes a session: sign in, an API token will not do.")


class TokenBound(NotAllowed):
    def __init__(self) -> None:
        super().__init__("This token is bound to one workspace, and can't be used outside it.")
