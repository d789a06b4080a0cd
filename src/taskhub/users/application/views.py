"""The representations of users, sessions and API tokens."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.contract.known_values import known_values
from taskhub.users.domain.api_token import ApiToken
from taskhub.users.domain.session import Session
from taskhub.users.domain.user import User

SCOPE = known_values("Scope", (scope.name.lower() for scope in Scope))

ScopeKey = Annotated[str, msgspec.Meta(extra_json_schema=SCOPE)]


class UserView(msgspec.Struct, frozen=True):
    id: UUID
    email: str
    name: str
    time_zone: str
    version: int
    created_at: datetime
    updated_at: datetime


class SessionView(msgspec.Struct, frozen=True):
    """``current``: the session that sent the request."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    user_agent: str | None
    current: bool


class TokenView(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    scopes: list[ScopeKey]
    workspace_id: UUID | None
    expires_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime


class IssuedToken(TokenView, frozen=True):
    """A token with its secret, which is shown only once."""

    token: str


class SessionTokens(msgspec.Struct, frozen=True):
    """``expires_in`` is the lifetime of the access token in seconds."""

    session_id: UUID
    access_token: str
    expires_in: int
    refresh_token: str
    token_type: str = "Bearer"  # noqa: S105  # The kind of token, no token.


def user_view(user: User) -> UserView:
    email = user.email.text if user.email else ""
    return UserView(user.id, email, user.name, user.time_zone, user.version, user.created_at, user.updated_at)


def session_view(session: Session) -> SessionView:
    """The session in the event log. Every change of a session counts as a use."""
    return SessionView(session.id, session.created_at, session.updated_at, session.expires_at, session.user_agent, current=False)


def token_view(token: ApiToken) -> TokenView:
    """A new token. The aggregate does not contain the time of the last use."""
    scopes = [scope.name.lower() for scope in token.scopes]
    return TokenView(token.id, token.name, scopes, token.workspace_id, token.expires_at, None, token.created_at)
