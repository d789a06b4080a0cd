"""The port of a transaction, as the runner and every use case see it."""

from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self
from uuid import UUID

from taskhub.kernel.application.commands import Answer, Context, Reply
from taskhub.kernel.contract.ids import new_id


class UnitOfWork(Protocol):
    """One connection, one transaction, and every aggregate that its repositories handed out or were given.

    Leaving it without `commit` rolls back. It serves one command and is never shared.
    """

    @property
    def rests_on_cache(self) -> bool:
        """Whether the command decided from rows that the process remembers, and that may be out of date.

        A commit finds that out by itself. A refusal has nothing that would: it is not told, and the command is run again.
        """

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def lock(self, *, seconds: float | None = None) -> None:
        """From here on everything that is loaded is locked for update, in a transaction.

        For commands that decide from several rows at once, or write many. ``seconds``: how long each statement may take, if
        longer than usual.
        """

    async def commit(self, result: Any, reply: Reply) -> Answer:
        """Writes rows, idempotency key and events, all or nothing; shows `result` as `Runner.run` says.

        Raises:
            ConcurrencyConflict: something that the command relied upon changed meanwhile; nothing was written.
            IdempotencyKeyExists: the idempotency key is there already; nothing was written.
            ReplyLost: the commit was sent, its reply never came.
            DomainError: a constraint refused a row; nothing was written.
        """


class Attempt:
    """What the tries at one command share. The event ids are minted once, so that a lost commit can be looked up.

    ``lock_first`` are rows that a try found out about too late to lock them in the common order: the next one begins with them.
    ``shared`` is the unit of work that the command shares with others, if it does. Of one that is shared, ``is_eager`` says that
    each command writes at once: a try found out too late that the database refuses a row, so that nobody knew whose it was.
    """

    def __init__(self, context: Context, begun_at: datetime, shared: Any = None) -> None:
        self.context = context
        self.begun_at = begun_at
        self.shared = shared
        self.locking = False
        self.is_eager = False
        self.lock_ids: set[UUID] = set()
        """As ``lock_first``, of a unit of work that is shared: rows of any kind."""
        self.lock_first: set[UUID] = set()
        self._event_ids: list[UUID] = []

    def event_id(self, index: int) -> UUID:
        while len(self._event_ids) <= index:
            self._event_ids.append(new_id())
        return self._event_ids[index]


@dataclass(frozen=True, slots=True)
class EventLocator:
    """Where one event of a commit stands in the log, if that commit happened."""

    stream_id: UUID
    entity_id: UUID
    entity_version: int
    event_id: UUID


class ConcurrencyConflict(Exception):
    """The attempt can't succeed as it was loaded; nothing was written. The command is to be run again, whole."""


class ConnectionLost(ConcurrencyConflict):
    """The connection broke before anything was sent to be committed, which has undone everything."""


class IdempotencyKeyExists(Exception):
    """The idempotency key belongs to a command that has committed."""


class ReplyLost(Exception):
    """The connection broke between sending a commit and hearing of it.

    ``locator`` is where to look for it; None when the commit carried no event. ``is_incomplete``: the answer lacks what only the
    commit could tell, and is to be read from the log.
    """

    def __init__(self, answer: Answer, locator: EventLocator | None, *, is_incomplete: bool) -> None:
        super().__init__("the reply to a commit was lost")
        self.answer = answer
        self.locator = locator
        self.is_incomplete = is_incomplete
