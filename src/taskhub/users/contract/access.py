"""The right to an account of one's own."""

from dataclasses import dataclass

from taskhub.kernel.contract.access import Access
from taskhub.kernel.contract.caller import Scope


@dataclass(frozen=True, slots=True)
class SessionAccess(Access):
    """Only for someone who has signed in: whatever its scopes, an API token will not do."""

    @property
    def refuses_known_callers(self) -> bool:
        return True

    @property
    def in_words(self) -> str:
        return "Needs a session: an API token will not do."


READ_ACCOUNT = Access(Scope.READ)
OWN_ACCOUNT = SessionAccess(Scope.READ)
