"""Those who read streams: whether they still may, and whether they do."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import structlog

from taskhub.activity.application.stream_changes import ChangeStream
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.kernel.domain.errors import DomainError
from taskhub.workspaces.contract.access import READ

CHECK_SECONDS = 3.0
"""The pause between two checks of all readers."""
READERS_AT_ONCE = 100
"""How many are checked by the same statements, and at a stretch: some milliseconds of work."""

log = structlog.get_logger("taskhub.streams")


class StreamReader:
    """The client of one stream.

    Attributes:
        is_waited_for: whether it has yet to take what was sent last.
    """

    def __init__(self, request: ApiRequest, workspace_id: UUID, changes: ChangeStream) -> None:
        self.held = request.held_right(workspace_id)
        self.is_waited_for = False
        self._request = request
        self._changes = changes

    @property
    def is_behind(self) -> bool:
        return self.is_waited_for and self._changes.is_behind

    async def renew(self, readers: Sequence["StreamReader"]) -> None:
        """Reads again what the rights of all these depend on."""
        await self._request.app_state.authorizer.renew([reader.held for reader in readers])

    async def may_read(self) -> bool:
        """Whether it still may. While the database does not answer nobody's right is over."""
        try:
            await self._request.reauthorize(READ)
        except (Unavailable, Busy):
            return True
        except DomainError:
            return False
        except Exception:  # The others still have to be checked.
            log.exception("the right of a reader could not be checked")
            return False
        return True


class StreamReaders:
    """All of this process. They are checked together: what a thousand of them cost the database is not a thousand statements."""

    def __init__(self) -> None:
        self._tasks: dict[StreamReader, asyncio.Task[Any] | None] = {}
        self._is_wanted = asyncio.Event()

    @contextmanager
    def checked(self, reader: StreamReader) -> Iterator[None]:
        """Cancels the current task as soon as the reader may not read any more, or has fallen behind: for as long as the block
        lasts.
        """
        self._tasks[reader] = asyncio.current_task()
        self._is_wanted.set()
        try:
            yield
        finally:
            del self._tasks[reader]

    async def run(self) -> None:
        """Checks them until cancelled."""
        while True:
            await self._is_wanted.wait()
            await asyncio.sleep(CHECK_SECONDS)
            await self.check()
            if not self._tasks:
                self._is_wanted.clear()

    async def check(self) -> None:
        readers = [*self._tasks]
        for reader in readers:
            if reader.is_behind:
                self._end(reader)
        for start in range(0, len(readers), READERS_AT_ONCE):
            with suppress(Unavailable, Busy):
                await self._check([one for one in readers[start : start + READERS_AT_ONCE] if one in self._tasks])

    async def _check(self, readers: Sequence[StreamReader]) -> None:
        if not readers:
            return
        await readers[0].renew(readers)
        for reader in readers:
            if not await reader.may_read():
                self._end(reader)

    def _end(self, reader: StreamReader) -> None:
        if (task := self._tasks.get(reader)) is not None:
            task.cancel()
