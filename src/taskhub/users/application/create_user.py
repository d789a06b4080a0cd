"""Create an account."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.users.application.ports import UsersUnitOfWork
from taskhub.users.domain.email import EmailAddress
from taskhub.users.domain.errors import RegistrationClosed
from taskhub.users.domain.user import User

Registration = Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class CreateUser:
    id: UUID
    email: EmailAddress
    name: str
    time_zone: str
    password_hash: str = field(repr=False)


async def create_user(command: CreateUser, uow: UsersUnitOfWork, *, clock: Clock) -> User:
    """For operators: works also if registration is closed.

    Raises:
        EmailTaken
    """
    user = User.create(
        id=command.id,
        email=command.email,
        name=command.name,
        time_zone=command.time_zone,
        password_hash=command.password_hash,
        now=clock(),
    )
    uow.users.add(user)
    return user


def require_open(registration: Registration) -> None:
    """Raises:
    RegistrationClosed
    """
    if registration == "closed":
        raise RegistrationClosed
