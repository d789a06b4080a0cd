"""Where everything passes that works on the data: a reset waits for it here, and keeps out what comes meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from starlette.types import Message, Receive, Send

from taskhub.kernel.application.errors import Busy

MAX_TOLD = 5


class Passage:
    """Something that works on the data. ``name``: what it is, for whoever has to wait for it."""

    def __init__(self, gate: "Gate", name: str) -> None:
        self._gate = gate
        self.name = name

    def leave(self) -> None:
        """It does not any more. It may leave again."""
        self._gate.left_by(self)


class Visit:
    """A request that passes. It is inside while it works, not while it waits for its client: who is slow holds up nothing."""

    def __init__(self, gate: "Gate", name: str, receive: Receive, send: Send) -> None:
        self._gate = gate
        self._name = name
        self._receive = receive
        self._send = send
        self._passage: Passage | None = None
        self._is_answered = False

    async def __aenter__(self) -> Self:
        self._passage = await self._gate.enter(self._name)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    async def receive(self) -> Message:
        self._leave()
        message = await self._receive()
        if not self._is_answered:
            self._passage = await self._gate.enter(self._name)
        return message

    async def send(self, message: Message) -> None:
        self._is_answered = True  # All is done by then.
        self._leave()
        await self._send(message)

    def _leave(self) -> None:
        if self._passage is not None:
            self._passage.leave()


class Gate:
    """Is open, but during a reset."""

    def __init__(self) -> None:
        self._inside: dict[Passage, None] = {}
        self._opened, self._emptied = asyncio.Event(), asyncio.Event()
        self._opened.set()
        self._emptied.set()

    async def enter(self, name: str) -> Passage:
        """Waits until it is open."""
        await self.opened()
        passage = Passage(self, name)
        self._inside[passage] = None
        self._emptied.clear()
        return passage

    @asynccontextmanager
    async def passing(self, name: str) -> AsyncIterator[None]:
        passage = await self.enter(name)
        try:
            yield
        finally:
            passage.leave()

    async def opened(self) -> None:
        """For what does not pass, but would not begin during a reset."""
        while not self._opened.is_set():
            await self._opened.wait()

    def left_by(self, passage: Passage) -> None:
        self._inside.pop(passage, None)
        if not self._inside:
            self._emptied.set()

    @asynccontextmanager
    async def closed(self, seconds: float) -> AsyncIterator[None]:
        """Nobody is inside for as long as the block lasts.

        Raises:
            Busy: somebody still was, after so many seconds.
        """
        self._opened.clear()
        try:
            await self._wait_until_empty(seconds)
            yield
        finally:
            self._opened.set()

    async def _wait_until_empty(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._emptied.wait()
        except TimeoutError:
            names = [passage.name for passage in self._inside]
            more = f", and {len(names) - MAX_TOLD} more" if len(names) > MAX_TOLD else ""
            raise Busy(
                f"Nothing was removed: after {seconds:g} seconds there are still requests under way: "
                f"{', '.join(names[:MAX_TOLD])}{more}."
            ) from None
