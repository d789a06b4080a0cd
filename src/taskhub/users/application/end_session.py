"""Sign out: end the current session or another one."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.users.application.ports import UsersUnitOfWork


@dataclass(frozen=True, slots=True)
class EndSession:
    user_id: UUID
    id: UUID
    expected: Expected


async def end_session(command: EndSession, uow: UsersUnitOfWork, *, clock: Clock) -> None:
    """Raises:
    NotFound
    StaleVersion
    """
    session = await uow.sessions.get(command.user_id, command.id, expected=command.expected)
    session.end(clock())
    uow.sessions.remove(session)
