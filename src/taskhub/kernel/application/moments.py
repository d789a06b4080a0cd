"""Moments of a log, for those who look back."""

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Moments(Protocol):
    async def seq_at(self, stream_id: UUID, as_of: datetime | int) -> int:
        """The last event of a moment, which is given as the ``seq`` of an event, or as an instant: then it is the last event that
        happened at the instant or before. Commands are never halved: the moment is after the whole command of that event.

        Raises:
            NotInLog: the log begins later, or has not come so far.
        """

    async def require(self, stream_id: UUID, seq: int) -> None:
        """Makes sure that the log still keeps a moment that `seq_at` has returned.

        Raises:
            NotInLog
        """
