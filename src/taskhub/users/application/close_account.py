"""Close one's account permanently."""

from dataclasses import dataclass

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.domain.errors import StaleVersion
from taskhub.users.application.passwords import Proof
from taskhub.users.application.ports import UsersUnitOfWork
from taskhub.users.application.revoke_access import end_sessions, revoke_tokens
from taskhub.users.domain.errors import WrongPassword


@dataclass(frozen=True, slots=True)
class CloseAccount:
    proof: Proof
    expected: Expected


async def close_account(command: CloseAccount, uow: UsersUnitOfWork, *, clock: Clock) -> None:
    """Ends memberships, sessions and tokens, and erases all personal data.

    Workspaces are locked before the user, as in all use cases.

    Raises:
        NotFound
        StaleVersion
        WrongPassword: the password was changed after it was checked.
        LastOwner: the user is the only owner of a workspace with other members.
    """
    if command.expected is not None and command.proof.version not in command.expected:
        raise StaleVersion(command.proof.version)
    await uow.lock()
    now = clock()
    await uow.membership_exits.leave_all(command.proof.user_id, now=now)
    user = await uow.users.get(command.proof.user_id, expected=command.expected)
    if not command.proof.holds_for(user):
        raise WrongPassword
    await uow.membership_exits.require_left_all(user.id)
    await end_sessions(user.id, uow, now=now)
    await revoke_tokens(user.id, uow, now=now)
    user.close(now)
    await uow.delete_idempotency_keys(user.id)
    await uow.delete_addresses(user.id)
