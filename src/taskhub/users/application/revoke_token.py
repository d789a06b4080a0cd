"""Revoke an API token."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.users.application.ports import UsersUnitOfWork


@dataclass(frozen=True, slots=True)
class RevokeToken:
    user_id: UUID
    id: UUID
    expected: Expected


async def revoke_token(command: RevokeToken, uow: UsersUnitOfWork, *, clock: Clock) -> None:
    """Raises:
    NotFound
    StaleVersion
    """
    token = await uow.api_tokens.get(command.user_id, command.id, expected=command.expected)
    token.revoke(clock())
    uow.api_tokens.remove(token)
