"""Create an API token."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.domain.errors import Fault, UnknownReference, ValidationFailed
from taskhub.users.application.ports import ApiTokenSecrets, UsersUnitOfWork
from taskhub.users.application.views import TokenView, token_view
from taskhub.users.contract.errors import InvalidToken
from taskhub.users.domain.api_token import ApiToken


@dataclass(frozen=True, slots=True)
class CreateToken:
    """``session_id`` is the session that asks."""

    id: UUID
    user_id: UUID
    session_id: UUID
    name: str
    scopes: tuple[Scope, ...]
    expires_at: datetime | None
    workspace_id: UUID | None


@dataclass(frozen=True, slots=True)
class CreatedToken:
    view: TokenView
    secret: str = field(repr=False)


async def create_token(command: CreateToken, uow: UsersUnitOfWork, *, secrets: ApiTokenSecrets, clock: Clock) -> CreatedToken:
    """The session is loaded, so the commit checks that it is still there: no token slips past what ends all sessions and tokens.

    Raises:
        InvalidToken: the session has ended meanwhile.
        ValidationFailed: it would be expired already.
        UnknownReference: the user is no member of the workspace.
    """
    if command.workspace_id is not None and not await uow.membership_exits.is_member(command.workspace_id, command.user_id):
        raise UnknownReference(Fault("unknown_reference", "no workspace of yours", pointer="/workspace_id"))
    if await uow.sessions.find(command.user_id, command.session_id) is None:
        raise InvalidToken
    now = clock()
    if command.expires_at is not None and command.expires_at <= now:
        raise ValidationFailed(Fault("past", "A token can't expire in the past.", pointer="/expires_at"))
    secret, digest = secrets.mint()
    token = ApiToken.create(
        user_id=command.user_id,
        id=command.id,
        name=command.name,
        scopes=command.scopes,
        workspace_id=command.workspace_id,
        expires_at=command.expires_at,
        digest=digest,
        now=now,
    )
    uow.api_tokens.add(token)
    return CreatedToken(token_view(token), secret)
