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
    """``session_id`` is the session of the caller."""

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
    """Loads the session, so that the commit checks that it still exists. Otherwise a token could be created while all are
    revoked.

    Raises:
        InvalidToken: the session has ended.
        ValidationFailed: the expiry is in the past.
        UnknownReference: the user is not a member of the workspace.
    """
    if command.workspace_id is not None and not await uow.membership_exits.is_member(command.workspace_id, command.user_id):
        raise UnknownReference(Fault("unknown_reference", "You are not a member of such a workspace.", pointer="/workspace_id"))
    if await uow.sessions.find(command.user_id, command.session_id) is None:
        raise InvalidToken
    return new_token(
        uow,
        secrets,
        clock(),
        user_id=command.user_id,
        id=command.id,
        name=command.name,
        scopes=command.scopes,
        workspace_id=command.workspace_id,
        expires_at=command.expires_at,
    )


def new_token(
    uow: UsersUnitOfWork,
    secrets: ApiTokenSecrets,
    now: datetime,
    *,
    user_id: UUID,
    id: UUID,
    name: str,
    scopes: tuple[Scope, ...],
    workspace_id: UUID | None,
    expires_at: datetime | None,
) -> CreatedToken:
    """Raises:
    ValidationFailed: the expiry is in the past.
    """
    if expires_at is not None and expires_at <= now:
        raise ValidationFailed(Fault("past", "Expected a time in the future.", pointer="/expires_at"))
    secret, digest = secrets.mint()
    token = ApiToken.create(
        user_id=user_id,
        id=id,
        name=name,
        scopes=scopes,
        workspace_id=workspace_id,
        expires_at=expires_at,
        digest=digest,
        now=now,
    )
    uow.api_tokens.add(token)
    return CreatedToken(token_view(token), secret)
