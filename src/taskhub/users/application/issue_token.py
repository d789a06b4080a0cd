"""Create an API token for an account. For operators."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.domain.errors import NotFound
from taskhub.users.application.create_token import CreatedToken, new_token
from taskhub.users.application.ports import ApiTokenSecrets, UsersUnitOfWork
from taskhub.users.domain.email import EmailAddress


@dataclass(frozen=True, slots=True)
class IssueToken:
    id: UUID
    email: EmailAddress
    name: str
    scopes: tuple[Scope, ...]
    expires_at: datetime | None


async def issue_token(command: IssueToken, uow: UsersUnitOfWork, *, secrets: ApiTokenSecrets, clock: Clock) -> CreatedToken:
    """Loads the account, so that the commit checks that it is still open.

    Raises:
        NotFound: there is no account with this email.
        ValidationFailed: the expiry is in the past.
    """
    user = await uow.users.find_by_email(command.email.key)
    if user is None:
        raise NotFound("No account has this email address.")
    return new_token(
        uow,
        secrets,
        clock(),
        user_id=user.id,
        id=command.id,
        name=command.name,
        scopes=command.scopes,
        workspace_id=None,
        expires_at=command.expires_at,
    )
