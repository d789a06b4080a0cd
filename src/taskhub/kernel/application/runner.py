"""The runner: everything around a use case, written once.

It opens a unit of work, calls the use case, commits, replays, re-runs and resolves. The first attempt is optimistic and cheap;
every further one locks what it loads, so that it can't lose again.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import count
from time import monotonic
from typing import Any, Generic, Protocol, TypeVar, cast

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Answer, Context, IdempotencyKey, Joinable, Reply
from taskhub.kernel.application.errors import Busy, OutcomeUnknown, Unavailable
from taskhub.kernel.application.initiator import current_trace
from taskhub.kernel.application.unit_of_work import (
    Attempt,
    ConcurrencyConflict,
    ConnectionLost,
    EventLocator,
    IdempotencyKeyExists,
    ReplyLost,
    UnitOfWork,
)
from taskhub.kernel.domain.errors import Category, DomainError

MAX_RETRY_SECONDS = 5.0
"""How long a command is run again before it is refused as busy."""
PAUSE_SECONDS = 0.01
MAX_DOUBLINGS = 5
"""Of the pause, which is up to a third of a second then."""
RECOVERY_SECONDS = 0.5
LAST_RETRY_SECONDS = 2.0
"""A retry with a key resolves a lost reply for certain, if the client still waits for it."""

T = TypeVar("T")
Command = TypeVar("Command")
Work = TypeVar("Work", bound=UnitOfWork)
Result = TypeVar("Result")
UseCase = Callable[[Command, Work], Awaitable[Result]]


class CommandLog(Protocol):
    """The record of the commands that have committed."""

    async def replay(self, key: IdempotencyKey, now: datetime) -> Answer | None:
        """The first answer to a key, or None where no command with it has committed that still counts ``now``.

        Raises:
            IdempotencyKeyReused: the key belongs to a different request.
        """

    async def recover(self, locator: EventLocator) -> bytes | None:
        """The snapshot (empty where there is none) that a commit left at a place in the log, or None if it is not there."""


class Runner(Generic[Work]):
    """Runs one module's use cases. ``replays`` and ``reruns`` count first answers given again, and commands run again."""

    def __init__(self, begin: Callable[[Attempt], Work], log: CommandLog, clock: Clock) -> None:
        self._begin = begin
        self._log = log
        self._clock = clock
        self.replays = 0
        self.reruns = 0

    def run(
        self,
        use_case: UseCase[Command, Work, Any],
        command: Command,
        context: Context,
        reply: Reply,
    ) -> Awaitable[Answer]:
        """Commits the command once, however often it is sent, and answers with what the use case returned: an aggregate, a list
        of them, or the representation of what is no aggregate.

        Raises:
            DomainError: the rules refuse the command.
            Busy, Unavailable: nothing was changed.
            OutcomeUnknown: the commit may or may not have happened.
        """
        return _traced(use_case, self._run(use_case, command, context, reply))

    async def _run(self, use_case: UseCase[Command, Work, Any], command: Command, context: Context, reply: Reply) -> Answer:
        if context.joins is not None:
            return (await self._join(context.joins, use_case, command, context, reply))[0]
        try:
            return (await self._attempt(use_case, command, context, reply))[0]
        except DomainError as refusal:
            return await self.replay_or_refuse(refusal, context.idempotency_key)

    def perform(self, use_case: UseCase[Command, Work, Result], command: Command, context: Context) -> Awaitable[Result]:
        """Commits a command whose result is not a representation and can't be replayed. Raises what `run` raises."""
        return _traced(use_case, self._perform(use_case, command, context))

    async def _perform(self, use_case: UseCase[Command, Work, Result], command: Command, context: Context) -> Result:
        if context.joins is not None:
            return cast("Result", (await self._join(context.joins, use_case, command, context, Reply()))[1])
        _, result = await self._attempt(use_case, command, replace(context, idempotency_key=None), Reply())
        return cast("Result", result)

    async def replay_or_refuse(self, refusal: DomainError, key: IdempotencyKey | None) -> Answer:
        """A retry may not fail on its own earlier success: before a refusal is told, its key is looked up.

        But for one that denies the right: nobody is shown what they may not do any more.
        """
        if key is None or refusal.category in (Category.FORBIDDEN, Category.UNAVAILABLE):
            raise refusal
        answer = await self.replay(key)
        if answer is None:
            raise refusal
        return answer

    async def replay(self, key: IdempotencyKey) -> Answer | None:
        """The first answer to a key, or None where no command with it has committed.

        Raises:
            IdempotencyKeyReused: the key belongs to a different request.
        """
        answer = await self._log.replay(key, self._clock())
        self.replays += answer is not None
        return answer

    async def _attempt(
        self,
        use_case: UseCase[Command, Work, Result],
        command: Command,
        context: Context,
        reply: Reply,
    ) -> tuple[Answer, Any]:
        attempt = Attempt(context, self._clock())
        uncertain, started = False, monotonic()
        for tries in count():
            try:
                async with self._begin(attempt) as uow:
                    try:
                        result = await use_case(command, uow)
                        return await uow.commit(result, reply), result
                    except DomainError as refusal:
                        _rerun_if_cached(refusal, uow)
                        raise
            except (ConcurrencyConflict, IdempotencyKeyExists) as obstacle:
                if answer := await self._first_answer(obstacle, context.idempotency_key):
                    return answer, None
                _check_deadline(obstacle, started, uncertain=uncertain)
            except ReplyLost as lost:
                if answer := await self._resolve(lost):
                    return answer, result
                _check_retry(lost, context.idempotency_key, started)
                uncertain = True
            except (Unavailable, Busy) as error:
                raise (OutcomeUnknown(keyed=True) if uncertain else error) from error
            attempt.locking = True
            self.reruns += 1
            await asyncio.sleep(random.uniform(0, PAUSE_SECONDS * 2 ** min(tries, MAX_DOUBLINGS)))
        raise AssertionError("unreachable")

    async def _join(
        self, transaction: Joinable, use_case: UseCase[Command, Work, Any], command: Command, context: Context, reply: Reply
    ) -> tuple[Answer, Any]:
        """Whoever has begun the transaction commits it, or runs all of it again."""
        async with self._begin(transaction.join(context)) as uow:
            try:
                result = await use_case(command, uow)
                return await uow.commit(result, reply), result
            except DomainError as refusal:
                _rerun_if_cached(refusal, uow)
                raise

    async def _first_answer(
        self, obstacle: ConcurrencyConflict | IdempotencyKeyExists, key: IdempotencyKey | None
    ) -> Answer | None:
        """What a key that is taken was answered the first time; None where the command is to be run again."""
        return await self.replay(key) if isinstance(obstacle, IdempotencyKeyExists) and key else None

    async def _resolve(self, lost: ReplyLost) -> Answer | None:
        """Looks for a commit whose reply was lost. None means "not there (yet)", never "did not happen"."""
        if lost.locator is None:
            return None
        with suppress(TimeoutError, Unavailable, Busy):
            async with asyncio.timeout(RECOVERY_SECONDS):
                for look in count():
                    snapshot = await self._log.recover(lost.locator)
                    if snapshot is not None:
                        return replace(lost.answer, body=snapshot) if lost.is_incomplete else lost.answer
                    await asyncio.sleep(PAUSE_SECONDS * 2**look)
        return None


def _traced(use_case: Callable[..., Any], work: Awaitable[T]) -> Awaitable[T]:
    trace = current_trace()
    return work if trace is None else trace.within(f"use case {_name_of(use_case)}", work)


def _name_of(use_case: Any) -> str:
    """Its collaborators are bound to it by `partial`."""
    name: str = getattr(use_case, "func", use_case).__qualname__
    return name


def _check_deadline(obstacle: ConcurrencyConflict | IdempotencyKeyExists, started: float, *, uncertain: bool) -> None:
    """Raises:
    OutcomeUnknown, Unavailable, Busy: the time to run a command again is over.
    """
    if monotonic() - started <= MAX_RETRY_SECONDS:
        return
    if uncertain:
        raise OutcomeUnknown(keyed=True) from obstacle
    raise (Unavailable() if isinstance(obstacle, ConnectionLost) else Busy()) from obstacle


def _check_retry(lost: ReplyLost, key: IdempotencyKey | None, started: float) -> None:
    """Raises:
    OutcomeUnknown: there is no key by which another try would find out, or no time for it.
    """
    if key is None or monotonic() - started > LAST_RETRY_SECONDS:
        raise OutcomeUnknown(keyed=key is not None) from lost


def _rerun_if_cached(refusal: DomainError, uow: UnitOfWork) -> None:
    """A refusal that rests on what the process remembers may be out of date: the command is run again instead.

    Raises:
        ConcurrencyConflict
    """
    if uow.rests_on_cache and refusal.category is not Category.UNAVAILABLE:
        raise ConcurrencyConflict from refusal


class BoundUseCase(Generic[Command, Result]):
    """A use case with the runner that runs it, and all that it needs but the command and the unit of work."""

    __slots__ = ("runner", "use_case")

    def __init__(self, runner: Runner[Any], use_case: UseCase[Command, Any, Result]) -> None:
        self.runner = runner
        self.use_case = use_case

    def run(self, command: Command, context: Context, reply: Reply) -> Awaitable[Answer]:
        """As `Runner.run`."""
        return self.runner.run(self.use_case, command, context, reply)

    def perform(self, command: Command, context: Context) -> Awaitable[Result]:
        """As `Runner.perform`."""
        return self.runner.perform(self.use_case, command, context)
