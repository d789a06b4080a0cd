"""A call that waits for something: for a limited time, and knowing what for."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import NoReturn, Self, TypeVar

import structlog

from taskhub.kernel.application.due_work import Pending
from taskhub.kernel.domain.errors import DomainError
from taskhub.testing.control.errors import NotSettled

PAUSE_SECONDS = 0.02
GRACE_SECONDS = 5.0
"""How much longer that may take which was begun in time. Then it is broken off."""
MAX_ERROR_LENGTH = 500

T = TypeVar("T")
log = structlog.get_logger("taskhub.testing")


class TimedCall:
    """
    Attributes:
        left: what was left at the last look.
        progress: how far it has come, for a call that moves the clock.
    """

    def __init__(self, seconds: float) -> None:
        """``seconds``: when they are over nothing more is begun."""
        self._deadline = asyncio.get_running_loop().time() + seconds
        self._limit = asyncio.timeout_at(self._deadline + GRACE_SECONDS)
        self._ended = asyncio.Event()
        self._is_broken_off = False
        self._under_way = ""
        self._failures: dict[str, Exception] = {}
        self.left: Sequence[str] = ()
        self.progress: Callable[[], str] = str

    async def __aenter__(self) -> Self:
        await self._limit.__aenter__()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Raises:
        NotSettled: its time was over, or there was a reset.
        """
        self._ended.set()
        try:
            await self._limit.__aexit__(kind, error, trace)
        except TimeoutError:
            why = "the service was reset meanwhile" if self._is_broken_off else f"still under way: {self._under_way}"
            self.give_up([why, *self.left])

    @property
    def is_over(self) -> bool:
        return asyncio.get_running_loop().time() >= self._deadline

    async def break_off(self) -> None:
        """Ends it for a reset, and waits for that."""
        self._is_broken_off = True
        with suppress(RuntimeError):  # It is ending anyway.
            self._limit.reschedule(asyncio.get_running_loop().time())
        await self._ended.wait()

    async def succeeds(self, whose: str, work: Callable[[], Awaitable[object]]) -> bool:
        """Whether it did not fail. With what it did is told if that is still so at the end."""
        self._under_way = whose
        try:
            await work()
        except Exception as error:
            self._failures[whose] = error
            return False
        self._failures.pop(whose, None)
        return True

    async def answer(self, whose: str, ask: Callable[[], Awaitable[T]]) -> T:
        """What is answered, at once or at another try.

        Raises:
            NotSettled: at none.
        """
        answers: list[T] = []

        async def work() -> None:
            answers.append(await ask())

        while not await self.succeeds(whose, work):
            if self.is_over:
                self.give_up([whose, *self.left])
            await asyncio.sleep(PAUSE_SECONDS)
        return answers[0]

    def give_up(self, left: Sequence[str]) -> NoReturn:
        """Raises:
        NotSettled
        """
        for whose, failure in self._failures.items():
            log.error("work of the background fails", work=whose, exc_info=failure)
        failures = [f"{whose} fails: {_told(failure)}" for whose, failure in self._failures.items()]
        raise NotSettled([*failures, *left], self.progress())


def described(name: str, pending: Pending) -> str:
    when = f" (again at {pending.due_at.isoformat()})" if pending.due_at else ""
    return f"{name}: {pending.what}{when}"


def _told(error: Exception) -> str:
    return error.detail if isinstance(error, DomainError) else repr(error)[:MAX_ERROR_LENGTH]
