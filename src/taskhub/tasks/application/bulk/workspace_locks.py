"""Batches of a workspace run one after the other."""

import asyncio
from uuid import UUID
from weakref import WeakValueDictionary


class WorkspaceLocks:
    """A lock per workspace, in the order in which batches arrive at this process.

    A batch that waits here holds no database connection. If it waited in the database, where batches of different processes wait
    (decision 17), it would hold a connection and give up after some seconds.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    def of(self, workspace_id: UUID) -> asyncio.Lock:
        """Holds the lock while a batch of the workspace runs."""
        return self._locks.setdefault(workspace_id, asyncio.Lock())
