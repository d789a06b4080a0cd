"""Users, sessions and API tokens as rows. Their events hold the names of fields, never values."""

from datetime import datetime

from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.infrastructure.unit_of_work.fields import Compound, Converted, Fields
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping
from taskhub.users.application.views import SessionView, TokenView, UserView, session_view, token_view, user_view
from taskhub.users.domain.api_token import ApiToken
from taskhub.users.domain.email import EmailAddress
from taskhub.users.domain.errors import EmailTaken
from taskhub.users.domain.session import Session, SpentToken
from taskhub.users.domain.user import User
from taskhub.users.infrastructure.rows import ApiTokenRow, SessionRow, UserRow


def scopes_of(keys: list[str]) -> tuple[Scope, ...]:
    return tuple(Scope[key.upper()] for key in keys)


def _spent(digests: list[str], at: list[datetime]) -> tuple[SpentToken, ...]:
    return tuple(map(SpentToken, digests, at))


USERS = Mapping(
    User,
    UserRow,
    UserView,
    lock_rank=50,
    represent=user_view,
    fields=Fields(stored={"email": Compound(EmailAddress, {"email": "text", "email_key": "key"})}),
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
    fields=Fields(
        stored={
            "spent": Compound(
                _spent,
                {
                    "spent_digests": lambda spent: [token.digest for token in spent],
                    "spent_at": lambda spent: [token.at for token in spent],
                },
                is_optional=False,
            )
        },
        foreign=frozenset({"last_used_at"}),
    ),
    key=("user_id", "id"),
    logs_values=False,
)
API_TOKENS = Mapping(
    ApiToken,
    ApiTokenRow,
    TokenView,
    lock_rank=61,
    represent=token_view,
    fields=Fields(
        stored={"scopes": Converted(load=scopes_of, dump=lambda scopes: [scope.name.lower() for scope in scopes])},
        foreign=frozenset({"last_used_at"}),
    ),
    key=("user_id", "id"),
    logs_values=False,
)
