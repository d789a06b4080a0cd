"""Commands that lock much of a stream run one after the other."""

import asyncio
from uuid import UUID
from weakref import WeakValueDictionary


class StreamLocks:
    """A lock per stream (such as a workspace), in the order in which commands arrive at this process.

    A command that waits here holds no database connection. If it waited in the database, where those of different processes wait
    (decision 17), it would hold a connection and give up after some seconds.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    def of(self, stream_id: UUID) -> asyncio.Lock:
        """Holds the lock while a command of the stream runs."""
        return self._locks.setdefault(stream_id, asyncio.Lock())
