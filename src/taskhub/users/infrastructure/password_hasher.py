"""Argon2, in threads of its own."""

import asyncio
import base64
import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from argon2 import DEFAULT_HASH_LENGTH, DEFAULT_MEMORY_COST, DEFAULT_PARALLELISM, DEFAULT_RANDOM_SALT_LENGTH, DEFAULT_TIME_COST
from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

from taskhub.kernel.application.errors import Busy
from taskhub.users.application.ports import Verdict

CONCURRENCY = 2
MAX_WAIT_SECONDS = 10.0
"""How long somebody waits for their turn. A password takes 0.05 to 0.3 s of a processor; clients give up after 10 to 30 s."""
MAX_WAITING = 1000
"""A bound on memory: they would not all be served within `MAX_WAIT_SECONDS` on any machine."""
NICENESS = 10
"""How much hashing gives way to the event loop, where processors are short."""

_TOO_MANY_WAITING = "Too many are signing in at this moment. Nothing was changed; try again."

T = TypeVar("T")


class Argon2PasswordHasher:
    """Hashes passwords as RFC 9106 recommends for little memory (64 MiB, three passes).

    No more than a few at once, however many sign in: each takes that memory and a processor for a while. The others wait in
    the order in which they came, for a limited time. One object serves one event loop.
    """

    def __init__(self, *, time_cost: int = DEFAULT_TIME_COST, memory_cost: int = DEFAULT_MEMORY_COST) -> None:
        """``memory_cost`` is in KiB."""
        self._passwords = PasswordHash((Argon2Hasher(time_cost, memory_cost),))
        self._dummy_hash = _dummy_hash(time_cost, memory_cost)
        self._threads = ThreadPoolExecutor(CONCURRENCY, thread_name_prefix="passwords", initializer=_lower_priority)
        self._slots = asyncio.Semaphore(CONCURRENCY)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        return await self._run(self._passwords.hash, password)

    async def verify(self, password: str, known: str | None) -> Verdict:
        return await self._run(self._verify, password, known)

    def _verify(self, password: str, known: str | None) -> Verdict:
        try:
            is_right, rehashed = self._passwords.verify_and_update(password, known or self._dummy_hash)
        except PwdlibError:
            return Verdict(is_right=False)
        return Verdict(is_right and known is not None, rehashed)

    async def _run(self, work: Callable[..., T], *arguments: Any) -> T:
        await self._acquire_slot()
        future: Future[T] = self._threads.submit(work, *arguments)
        # A caller who hangs up does not stop the thread: the place is free when the work is done.
        future.add_done_callback(partial(self._release_slot, asyncio.get_running_loop()))
        return await asyncio.wrap_future(future)

    async def _acquire_slot(self) -> None:
        """Raises:
        Busy
        """
        if not self._slots.locked():
            await self._slots.acquire()
            return
        if self._waiting >= MAX_WAITING:
            raise Busy(_TOO_MANY_WAITING)
        self._waiting += 1
        try:
            async with asyncio.timeout(MAX_WAIT_SECONDS):
                await self._slots.acquire()
        except TimeoutError:
            raise Busy(_TOO_MANY_WAITING) from None
        finally:
            self._waiting -= 1

    def _release_slot(self, loop: asyncio.AbstractEventLoop, _: object) -> None:
        with suppress(RuntimeError):  # The loop is closed: nobody waits any more.
            loop.call_soon_threadsafe(self._slots.release)


def _lower_priority() -> None:
    """Lowers the priority of the thread that it runs in, where threads have one of their own."""
    if sys.platform == "linux":
        os.nice(NICENESS)  # Of the thread alone, and of those that it starts.


def _dummy_hash(time_cost: int, memory_cost: int) -> str:
    """A hash that no password has, and that takes as long to check as a real one."""
    sizes = (DEFAULT_RANDOM_SALT_LENGTH, DEFAULT_HASH_LENGTH)
    salt, digest = (base64.b64encode(bytes(size)).rstrip(b"=").decode() for size in sizes)
    return f"$argon2id$v=19$m={memory_cost},t={time_cost},p={DEFAULT_PARALLELISM}${salt}${digest}"
