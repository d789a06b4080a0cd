"""Access to one's own account."""

from dataclasses import dataclass

from taskhub.kernel.contract.access import Access
from taskhub.kernel.contract.caller import Scope


@dataclass(frozen=True, slots=True)
class SessionAccess(Access):
    """Requires a session. API tokens are not accepted, whatever their scopes."""


READ_ACCOUNT = Access(Scope.READ)
OWN_ACCOUNT = SessionAccess(Scope.READ)
