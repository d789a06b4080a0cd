"""Requests that stay open until something happens: counted, limited, and ended when the service stops."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any, TypeVar
from uuid import UUID

from starlette.types import Receive, Scope

from taskhub.kernel.api.bodies import ClientGone
from taskhub.kernel.domain.errors import Category, DomainError

T = TypeVar("T")
ABORT = "taskhub.abort"
"""The name of the ASGI extension of a server that can end a connection whose client does not read: a function."""


class TooManyStreams(DomainError):
    category, code, title = Category.THROTTLED, "too_many_streams", "Too many streams"

    def __init__(self, limit: int) -> None:
        super().__init__(f"You have {limit} streams and waiting requests open, which is the limit. Close one first.")
        self.headers = ((b"retry-after", b"1"),)


class LongRequests:
    """Those of one process.

    Attributes:
        open: how many are open, by kind.
    """

    def __init__(self, limit_per_user: int) -> None:
        self._limit = limit_per_user
        self._of_users: Counter[UUID] = Counter()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_ending = False
        self.open: Counter[str] = Counter()

    async def run(self, kind: str, user_id: UUID, scope: Scope, receive: Receive, work: Coroutine[Any, Any, T]) -> T | None:
        """Runs work for a request until it is done. None where the service stopped before. How long that takes says nothing about
        the service: ``scope["is_long"]`` tells those who measure.

        Raises:
            TooManyStreams
            ClientGone: nobody waits for the answer any more.
        """
        if self._of_users[user_id] >= self._limit:
            work.close()
            raise TooManyStreams(self._limit)
        scope["is_long"] = True
        self._of_users[user_id] += 1
        self.open[kind] += 1
        task, gone = asyncio.create_task(work), asyncio.create_task(disconnected(receive))
        self._tasks.add(task)
        try:
            if self._is_ending:
                task.cancel()
            await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return None if task.cancelled() else task.result()
            raise ClientGone
        finally:
            for one in (task, gone):
                one.cancel()
            await asyncio.wait({task, gone})
            self._tasks.discard(task)
            self.open[kind] -= 1
            self._of_users[user_id] -= 1
            if not self._of_users[user_id]:
                del self._of_users[user_id]

    def end(self) -> None:
        """Ends all, and those that still come. Called when the service stops taking requests."""
        self._is_ending = True
        for task in self._tasks:
            task.cancel()


async def break_off(scope: Scope, receive: Receive) -> None:
    """Ends a response that its client does not read. What the server still has to send is dropped, if the server can do that."""
    abort = scope.get("extensions", {}).get(ABORT)
    if abort is not None:
        abort()
        await disconnected(receive)


async def disconnected(receive: Receive) -> None:
    """Returns when the connection has ended."""
    while (await receive())["type"] != "http.disconnect":
        pass
