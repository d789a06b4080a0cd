"""The pair of tokens that a sign-in and a renewal return."""

from taskhub.kernel.application.clock import Clock
from taskhub.users.application.open_session import SignedIn
from taskhub.users.application.ports import ACCESS_SECONDS, AccessTokens
from taskhub.users.application.views import SessionTokens


def session_tokens(signed_in: SignedIn, *, access_tokens: AccessTokens, clock: Clock) -> SessionTokens:
    access_token = access_tokens.issue(signed_in.user_id, signed_in.session_id, now=clock())
    return SessionTokens(signed_in.session_id, access_token, ACCESS_SECONDS, signed_in.refresh_token)
