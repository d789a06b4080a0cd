"""Batches of a workspace go one after the other."""

import asyncio
from uuid import UUID
from weakref import WeakValueDictionary


class WorkspaceLocks:
    """Keeps the order in which batches have come to this process.

    Who waits here waits for nothing else. In the database, where the turn is between processes (decision 17), it would hold one
    of few connections meanwhile, and give up after some seconds.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    def of(self, workspace_id: UUID) -> asyncio.Lock:
        """Held for as long as a batch of the workspace takes."""
        return self._locks.setdefault(workspace_id, asyncio.Lock())
