"""Give an account a new password: for operators, when the old one is lost or stolen."""

from dataclasses import dataclass, field

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.domain.errors import NotFound
from taskhub.users.application.ports import UsersUnitOfWork
from taskhub.users.application.revoke_access import end_sessions, revoke_tokens
from taskhub.users.domain.email import EmailAddress


@dataclass(frozen=True, slots=True)
class ResetPassword:
    email: EmailAddress
    password_hash: str = field(repr=False)
    revoke_tokens: bool


async def reset_password(command: ResetPassword, uow: UsersUnitOfWork, *, clock: Clock) -> None:
    """Ends all sessions; revokes the API tokens on demand.

    Raises:
        NotFound: no account has this email.
    """
    await uow.lock()
    user = await uow.users.find_by_email(command.email.key)
    if user is None:
        raise NotFound("No account has this email address.")
    now = clock()
    user.change_password(command.password_hash, now)
    await end_sessions(user.id, uow, now=now)
    if command.revoke_tokens:
        await revoke_tokens(user.id, uow, now=now)
