"""The port of a transaction that several commands share, as routes see it."""

from collections.abc import Iterable, Sequence
from typing import Protocol
from uuid import UUID

from taskhub.kernel.application.commands import Joinable
from taskhub.kernel.application.unit_of_work import UnitOfWork
from taskhub.kernel.contract.events import LoggedEvent


class SharedWork(UnitOfWork, Joinable, Protocol):
    """A unit of work that commands of any module join. What is read in the meantime is read in its transaction as well.

    Its ``commit`` ends it, with the body of the answer as the result. In a dry run nothing is committed: ``events`` are those
    that would have been appended.
    """

    @property
    def events(self) -> Sequence[LoggedEvent]: ...

    async def lock_named(self, stream_id: UUID, names: Iterable[str]) -> None:
        """Locks, in the common order, what commands will need: what is named by ids and keys among these ``names``, what earlier
        tries have loaded, and what they would have had to wait for.
        """

    async def defer(self, *, seconds: float) -> None:
        """From here on, commands write as late as they can, and wait for no lock that others hold: all of it is run again then,
        under locks that are taken in order. ``seconds``: how long each statement may take.
        """

    async def latest_events(self, stream_id: UUID, limit: int) -> Sequence[LoggedEvent]:
        """The first events of the last command that has joined and changed something in this stream."""
