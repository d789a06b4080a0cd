"""Access to one's own account."""

from dataclasses import dataclass

from taskhub.kernel.contract.access import Access
from taskhub.kernel.contract.caller import Scope


@dataclass(frozen=True, slots=True)
class SessionAccess(Access):
    """Requires a session. API tokens are not accepted, whatever their scopes."""

    @property
    def refuses_known_callers(self) -> bool:
        return True

    @property
    def in_words(self) -> str:
        return "Requires a session. API tokens are not accepted."


READ_ACCOUNT = Access(Scope.READ)
OWN_ACCOUNT = SessionAccess(Scope.READ)
