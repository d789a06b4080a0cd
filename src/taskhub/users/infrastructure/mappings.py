"""Users, sessions and API tokens as rows. Their events hold the names of fields, never values."""

from typing import Any

from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping
from taskhub.users.application.views import SessionView, TokenView, UserView, session_view, token_view, user_view
from taskhub.users.domain.api_token import ApiToken
from taskhub.users.domain.email import EmailAddress
from taskhub.users.domain.errors import EmailTaken
from taskhub.users.domain.session import Session, SpentToken
from taskhub.users.domain.user import User
from taskhub.users.infrastructure.rows import ApiTokenRow, SessionRow, UserRow

USER_COLUMNS = (
    "id",
    "email",
    "email_key",
    "name",
    "time_zone",
    "password_hash",
    "password_number",
    "version",
    "created_at",
    "updated_at",
    "deleted_at",
)
SESSION_COLUMNS = (
    "user_id",
    "id",
    "user_agent",
    "refresh_digest",
    "spent_digests",
    "spent_at",
    "expires_at",
    "version",
    "created_at",
    "updated_at",
)
TOKEN_COLUMNS = (
    "user_id",
    "id",
    "name",
    "scopes",
    "workspace_id",
    "expires_at",
    "digest",
    "version",
    "created_at",
    "updated_at",
)


def _user_to_row(user: User) -> tuple[Any, ...]:
    email = user.email
    return (
        user.id,
        email.text if email else None,
        email.key if email else None,
        user.name,
        user.time_zone,
        user.password_hash,
        user.password_number,
        user.version,
        user.created_at,
        user.updated_at,
        user.deleted_at,
    )


def _user_from_row(row: Any) -> User:
    id, email, email_key, *rest = row
    return User(id, EmailAddress(email, email_key) if email is not None else None, *rest)


def _session_to_row(session: Session) -> tuple[Any, ...]:
    return (
        session.user_id,
        session.id,
        session.user_agent,
        session.refresh_digest,
        [token.digest for token in session.spent],
        [token.at for token in session.spent],
        session.expires_at,
        session.version,
        session.created_at,
        session.updated_at,
    )


def _session_from_row(row: Any) -> Session:
    user_id, id, user_agent, refresh_digest, digests, at, *rest = row
    return Session(user_id, id, user_agent, refresh_digest, tuple(map(SpentToken, digests, at)), *rest)


def _token_to_row(token: ApiToken) -> tuple[Any, ...]:
    return (
        token.user_id,
        token.id,
        token.name,
        [scope.name.lower() for scope in token.scopes],
        token.workspace_id,
        token.expires_at,
        token.digest,
        token.version,
        token.created_at,
        token.updated_at,
    )


def _token_from_row(row: Any) -> ApiToken:
    user_id, id, name, scopes, *rest = row
    return ApiToken(user_id, id, name, scopes_of(scopes), *rest)


def scopes_of(keys: list[str]) -> tuple[Scope, ...]:
    return tuple(Scope[key.upper()] for key in keys)


USERS = Mapping(
    User,
    UserRow,
    UserView,
    lock_rank=50,
    represent=user_view,
    columns=USER_COLUMNS,
    from_row=_user_from_row,
    to_row=_user_to_row,
    key=("id",),
    logs_values=False,
    constraints={"uq_users_email_key": EmailTaken},
)
SESSIONS = Mapping(
    Session,
    SessionRow,
    SessionView,
    lock_rank=60,
    represent=session_view,
    columns=SESSION_COLUMNS,
    from_row=_session_from_row,
    to_row=_session_to_row,
    key=("user_id", "id"),
    logs_values=False,
)
API_TOKENS = Mapping(
    ApiToken,
    ApiTokenRow,
    TokenView,
    lock_rank=61,
    represent=token_view,
    columns=TOKEN_COLUMNS,
    from_row=_token_from_row,
    to_row=_token_to_row,
    key=("user_id", "id"),
    logs_values=False,
)
