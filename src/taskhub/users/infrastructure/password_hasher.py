"""Argon2, in threads of its own."""

import asyncio
import base64
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from argon2 import DEFAULT_HASH_LENGTH, DEFAULT_MEMORY_COST, DEFAULT_PARALLELISM, DEFAULT_RANDOM_SALT_LENGTH, DEFAULT_TIME_COST
from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

from taskhub.kernel.application.errors import Busy
from taskhub.users.application.ports import Verdict

AT_ONCE = 2
MOST_WAITING = 40
"""At about 20 a second that is two seconds of waiting, after which a client had better be told."""

T = TypeVar("T")


class Argon2PasswordHasher:
    """Hashes passwords as RFC 9106 recommends for little memory (64 MiB, three passes).

    No more than a few at once, however many sign in: each takes that memory and a processor for a while.
    """

    def __init__(self, *, time_cost: int = DEFAULT_TIME_COST, memory_cost: int = DEFAULT_MEMORY_COST) -> None:
        """``memory_cost`` is in KiB."""
        self._passwords = PasswordHash((Argon2Hasher(time_cost, memory_cost),))
        self._decoy = _decoy(time_cost, memory_cost)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")
        self._places = threading.BoundedSemaphore(AT_ONCE + MOST_WAITING)

    async def hash(self, password: str) -> str:
        return await self._run(self._passwords.hash, password)

    async def verify(self, password: str, known: str | None) -> Verdict:
        return await self._run(self._verify, password, known)

    def _verify(self, password: str, known: str | None) -> Verdict:
        try:
            is_right, rehashed = self._passwords.verify_and_update(password, known or self._decoy)
        except PwdlibError:
            return Verdict(is_right=False)
        return Verdict(is_right and known is not None, rehashed)

    async def _run(self, work: Callable[..., T], *arguments: Any) -> T:
        if not self._places.acquire(blocking=False):
            raise Busy("Too many are signing in at this moment. Nothing was changed; try again.")
        future: Future[T] = self._threads.submit(work, *arguments)
        # A caller who hangs up does not stop the thread: the place is free when the work is done.
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)


def _decoy(time_cost: int, memory_cost: int) -> str:
    """A hash that no password has, and that takes as long to check as a real one."""
    sizes = (DEFAULT_RANDOM_SALT_LENGTH, DEFAULT_HASH_LENGTH)
    salt, digest = (base64.b64encode(bytes(size)).rstrip(b"=").decode() for size in sizes)
    return f"$argon2id$v=19$m={memory_cost},t={time_cost},p={DEFAULT_PARALLELISM}${salt}${digest}"
