"""Change one's own password."""

from dataclasses import dataclass, field
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.users.application.passwords import Proof
from taskhub.users.application.ports import UsersUnitOfWork
from taskhub.users.application.revoke_access import end_sessions, revoke_tokens
from taskhub.users.domain.errors import WrongPassword


@dataclass(frozen=True, slots=True)
class ChangePassword:
    proof: Proof
    password_hash: str = field(repr=False)
    session_id: UUID | None
    revoke_tokens: bool
    expected: Expected


async def change_password(command: ChangePassword, uow: UsersUnitOfWork, *, clock: Clock) -> None:
    """Ends every other session; revokes the API tokens on demand.

    Raises:
        NotFound
        StaleVersion
        WrongPassword: the password changed after it was proven.
    """
    await uow.lock()
    user = await uow.users.get(command.proof.user_id, expected=command.expected)
    if not command.proof.holds_for(user):
        raise WrongPassword
    now = clock()
    user.change_password(command.password_hash, now)
    await end_sessions(user.id, uow, now=now, but=command.session_id)
    if command.revoke_tokens:
        await revoke_tokens(user.id, uow, now=now)
