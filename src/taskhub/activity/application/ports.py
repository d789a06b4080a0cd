"""What reading the log, and taking back what it tells, needs of the infrastructure."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from taskhub.kernel.application.log_pages import EventFilter, LogPage
from taskhub.kernel.application.reversal import Effect
from taskhub.kernel.application.unit_of_work import UnitOfWork
from taskhub.kernel.contract.events import LoggedEvent
from taskhub.kernel.domain.aggregate import Aggregate


class Log(Protocol):
    """The log of a workspace. All methods raise `Unavailable` and `Busy`."""

    async def last_seq(self, stream_id: UUID, /) -> int:
        """The ``seq`` of its last event."""

    async def seq_before(self, stream_id: UUID, instant: datetime, /) -> int | None:
        """The ``seq`` before the first event that happened at an instant or later; None where the log is not kept so far back."""

    async def read(self, stream_id: UUID, after: int, limit: int, wanted: EventFilter, /) -> LogPage:
        """Up to so many events after a place."""


class FollowedEvent(Protocol):
    """``encoded``: what the first one who hands the event on has made of it, for all others who do the same."""

    event: LoggedEvent
    encoded: bytes | None


class FollowedLog(Protocol):
    @property
    def is_known(self) -> bool:
        """Whether its end was looked for yet. Before that it seems to hold nothing new."""

    def after(self, seq: int, /) -> Sequence[FollowedEvent] | None:
        """The events after a place; None where they are too many to be known here, and have to be read."""

    def ahead_of(self, seq: int, /) -> int:
        """How many events the log has after a place."""

    async def wait(self, seconds: float, /) -> None:
        """Returns when the log has grown, or after so many seconds."""


class Follower(Protocol):
    def follow(self, stream_id: UUID, /) -> AbstractContextManager[FollowedLog]:
        """Follows a log for as long as the block lasts."""


class CommandReader(Protocol):
    async def read(self, workspace_id: UUID, entity_id: UUID, version: int, /, *, limit: int) -> list[LoggedEvent]:
        """The first events of the command that gave a thing this version.

        Raises:
            Unavailable, Busy
        """


class UndoUnitOfWork(UnitOfWork, Protocol):
    async def effects_of(self, workspace_id: UUID, seq: int, /) -> list[Effect]:
        """What the command did that an event belongs to, to each thing.

        Raises:
            NotFound: there is no such event.
            NotUndoable: the log has its content no more, or it is too much.
        """

    def shown(self, aggregate: Aggregate, /) -> dict[str, Any]:
        """The representation of a thing that was loaded, with values as in JSON."""

    def changed(self) -> Sequence[Aggregate]:
        """What was changed in this unit of work."""
