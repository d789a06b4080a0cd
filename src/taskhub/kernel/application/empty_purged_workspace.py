"""Remove what a module has of a workspace that is gone for good: done for every module, by what its container says."""

from collections.abc import Awaitable
from typing import Any, Protocol
from uuid import UUID

from taskhub.kernel.contract.events import WORKSPACE_PURGED, Event

ROWS_AT_ONCE = 1000


class Empty(Protocol):
    """`ModuleContainer.empty`."""

    def __call__(self, workspace: UUID, uow: Any, /, *, limit: int) -> Awaitable[int]: ...


class EmptyPurgedWorkspace:
    """Subscribes to workspaces that were purged. Their log is emptied already, so nothing is appended to it."""

    types = frozenset({WORKSPACE_PURGED})

    def __init__(self, module: str, empty: Empty) -> None:
        self.name = f"{module}.empty_purged_workspace"
        self._empty = empty

    async def handle(self, event: Event, uow: Any) -> bool:
        return await self._empty(event.stream_id, uow, limit=ROWS_AT_ONCE) == 0
