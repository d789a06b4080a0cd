"""Reads of single things that many ask for at the same time, by one statement for all of them."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Generic, TypeVar

from taskhub.kernel.application.clock import Monotonic

PATIENCE_SECONDS = 0.05
"""For how long others wait for a read that is under way: its connection may hang."""

K = TypeVar("K")
V = TypeVar("V")


class SharedReads(Generic[K, V]):
    """One read at a time, for all who have asked before it begins. Who asks while there is none reads at once.

    Nobody is given what a read has found that was under way when they asked: it may have missed a commit that they know of.
    """

    def __init__(self, read: Callable[[Collection[K]], Awaitable[Mapping[K, V]]], monotonic: Monotonic) -> None:
        """``read`` finds what is there, by key."""
        self._read = read
        self._monotonic = monotonic
        self._waiting: list[tuple[K, asyncio.Future[V | None]]] = []
        self._began: float | None = None
        """When the read began that others wait for."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def get(self, key: K) -> V | None:
        """None if it is not there. Raises what the read raises."""
        if not self._waiting and not self._is_busy():
            with self._reading():
                return (await self._read((key,))).get(key)
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_later(2 * PATIENCE_SECONDS, self._read_for_waiting)  # Where nobody else comes who would do so.
        waiter: asyncio.Future[V | None] = loop.create_future()
        self._waiting.append((key, waiter))
        self._read_for_waiting()
        return await waiter

    def _is_busy(self) -> bool:
        return self._began is not None and self._monotonic() - self._began < PATIENCE_SECONDS

    @contextmanager
    def _reading(self) -> Iterator[None]:
        self._began = self._monotonic()
        try:
            yield
        finally:
            self._began = None
            self._read_for_waiting()

    def _read_for_waiting(self) -> None:
        if self._waiting and not self._is_busy():
            asked, self._waiting = self._waiting, []
            self._began = self._monotonic()  # Who asks before the task runs waits for the next read.
            task = asyncio.get_running_loop().create_task(self._read_for(asked))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _read_for(self, asked: list[tuple[K, "asyncio.Future[V | None]"]]) -> None:
        waiters = [(key, waiter) for key, waiter in asked if not waiter.done()]
        with self._reading():
            try:
                found = await self._read({key for key, _ in waiters}) if waiters else {}
            except Exception as error:
                for _, waiter in waiters:
                    if not waiter.done():
                        waiter.set_exception(error)
            else:
                for key, waiter in waiters:
                    if not waiter.done():
                        waiter.set_result(found.get(key))
            finally:
                for _, waiter in waiters:
                    waiter.cancel()  # Only where the loop ends meanwhile.
