"""Change the name, time zone and email of one's account."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.domain.errors import Fault, ValidationFailed
from taskhub.users.application.passwords import Proof
from taskhub.users.application.ports import UsersUnitOfWork
from taskhub.users.domain.email import EmailAddress
from taskhub.users.domain.errors import WrongPassword
from taskhub.users.domain.user import User


@dataclass(frozen=True, slots=True)
class ChangeAccount:
    """Fields that are None stay as they are. ``proof`` is required to change the email."""

    user_id: UUID
    name: str | None
    time_zone: str | None
    email: EmailAddress | None
    proof: Proof | None
    expected: Expected


async def change_account(command: ChangeAccount, uow: UsersUnitOfWork, *, clock: Clock) -> User:
    """Raises:
    NotFound
    StaleVersion
    ValidationFailed: a new email without the current password.
    WrongPassword: the password was changed after it was checked.
    EmailTaken
    """
    user = await uow.users.get(command.user_id, expected=command.expected)
    if command.email is not None and command.email != user.email:
        _require(command.proof, user)
    user.change(
        email=command.email or user.email,
        name=user.name if command.name is None else command.name,
        time_zone=user.time_zone if command.time_zone is None else command.time_zone,
        now=clock(),
    )
    return user


def _require(proof: Proof | None, user: User) -> None:
    if proof is None:
        raise ValidationFailed(
            Fault("missing", "To change the email address, send the current password.", pointer="/current_password")
        )
    if not proof.holds_for(user):
        raise WrongPassword
