"""The runner: what it does when an attempt meets an obstacle."""

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any, Self
from uuid import uuid4

import pytest

from taskhub.kernel.application import runner as runner_module
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.application.commands import Answer, Context, IdempotencyKey, Reply
from taskhub.kernel.application.errors import Busy, OutcomeUnknown, Unavailable
from taskhub.kernel.application.runner import MAX_RETRY_SECONDS, Runner
from taskhub.kernel.application.unit_of_work import (
    Attempt,
    ConcurrencyConflict,
    ConnectionLost,
    EventLocator,
    IdempotencyKeyExists,
    ReplyLost,
)
from taskhub.kernel.domain.errors import NotFound

DONE = Answer(Reply(), 2, b'{"fresh":true}')
FIRST = Answer(Reply(), 1, b'{"first":true}', replayed=True)
KEYED = Context(uuid4(), "request", IdempotencyKey(uuid4(), uuid4(), "key", b"digest"))
LOCATOR = EventLocator(uuid4(), uuid4(), 2, uuid4())


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(runner_module, "RECOVERY_SECONDS", 0.01)


class ScriptedWork:
    """A unit of work whose commits turn out as the script says."""

    def __init__(self, script: list[Any], attempt: Attempt) -> None:
        self.script = script
        self.attempt = attempt
        self.rests_on_cache = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        pass

    async def lock(self, *, seconds: float | None = None) -> None:
        pass

    async def commit(self, result: Any, reply: Reply) -> Answer:
        outcome = self.script.pop(0)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


class ScriptedLog:
    def __init__(self, replayed: Answer | None = None, recovered: bytes | None = None) -> None:
        self.replayed = replayed
        self.recovered = recovered
        self.replays = 0

    async def replay(self, key: IdempotencyKey, now: datetime) -> Answer | None:
        self.replays += 1
        return self.replayed

    async def recover(self, locator: EventLocator) -> bytes | None:
        return self.recovered


class Bench:
    """A runner with everything around it scripted; it notes how each attempt was made."""

    def __init__(self, *script: Any, log: ScriptedLog | None = None) -> None:
        self.script = list(script)
        self.log = log or ScriptedLog()
        self.attempts: list[bool] = []
        self.runner = Runner(self._begin, self.log, system_clock)

    def _begin(self, attempt: Attempt) -> ScriptedWork:
        self.attempts.append(attempt.locking)
        return ScriptedWork(self.script, attempt)

    async def run(self, context: Context = KEYED, use_case: Callable[..., Any] | None = None) -> Answer:
        async def nothing(command: None, uow: ScriptedWork) -> None: ...

        return await self.runner.run(use_case or nothing, None, context, Reply())


async def refuse(command: None, uow: ScriptedWork) -> None:
    raise NotFound


async def test_the_first_attempt_takes_no_locks() -> None:
    bench = Bench(DONE)
    assert await bench.run() == DONE
    assert bench.attempts == [False]


async def test_a_version_that_moved_makes_the_whole_command_run_again_under_locks() -> None:
    bench = Bench(ConcurrencyConflict(), DONE)
    assert await bench.run() == DONE
    assert bench.attempts == [False, True]


@pytest.mark.parametrize(("obstacle", "refusal"), [(ConcurrencyConflict(), Busy), (ConnectionLost(), Unavailable)])
async def test_running_again_is_bounded_by_time(
    monkeypatch: pytest.MonkeyPatch, obstacle: Exception, refusal: type[Exception]
) -> None:
    seconds = count()
    monkeypatch.setattr(runner_module, "monotonic", lambda: float(next(seconds)))
    bench = Bench(*[obstacle] * 100)
    with pytest.raises(refusal):
        await bench.run()
    assert len(bench.attempts) == MAX_RETRY_SECONDS + 1, "one a second, by this clock"


async def test_a_key_that_is_taken_is_answered_as_the_first_time() -> None:
    assert await Bench(IdempotencyKeyExists(), log=ScriptedLog(replayed=FIRST)).run() == FIRST


async def test_a_refusal_with_a_key_looks_for_the_first_answer() -> None:
    assert await Bench(log=ScriptedLog(replayed=FIRST)).run(use_case=refuse) == FIRST


async def test_a_refusal_with_a_key_that_nobody_used_is_told() -> None:
    with pytest.raises(NotFound):
        await Bench().run(use_case=refuse)


async def test_a_refusal_without_a_key_looks_for_nothing() -> None:
    bench = Bench()
    with pytest.raises(NotFound):
        await bench.run(Context(uuid4(), "request"), use_case=refuse)
    assert bench.log.replays == 0


async def test_a_database_that_is_away_is_no_refusal() -> None:
    bench = Bench(Unavailable(), log=ScriptedLog(replayed=FIRST))
    with pytest.raises(Unavailable):
        await bench.run()


async def test_a_lost_reply_is_resolved_by_finding_the_commit() -> None:
    bench = Bench(ReplyLost(DONE, LOCATOR, is_incomplete=False), log=ScriptedLog(recovered=b"{}"))
    assert await bench.run() == DONE
    assert len(bench.attempts) == 1


async def test_a_lost_reply_is_completed_from_the_log() -> None:
    bench = Bench(ReplyLost(DONE, LOCATOR, is_incomplete=True), log=ScriptedLog(recovered=b'{"number":7}'))
    assert (await bench.run()).body == b'{"number":7}'


async def test_a_lost_reply_without_a_key_is_never_retried_blindly() -> None:
    bench = Bench(ReplyLost(DONE, LOCATOR, is_incomplete=False), DONE)
    with pytest.raises(OutcomeUnknown):
        await bench.run(Context(uuid4(), "request"))
    assert len(bench.attempts) == 1


async def test_a_lost_reply_with_a_key_is_run_again_since_the_key_can_be_written_once() -> None:
    bench = Bench(ReplyLost(DONE, LOCATOR, is_incomplete=False), IdempotencyKeyExists(), log=ScriptedLog(replayed=FIRST))
    assert await bench.run() == FIRST


async def test_a_database_that_goes_away_after_a_lost_reply_leaves_the_outcome_unknown() -> None:
    bench = Bench(ReplyLost(DONE, LOCATOR, is_incomplete=False), Unavailable())
    with pytest.raises(OutcomeUnknown):
        await bench.run()


async def test_all_attempts_share_the_ids_of_their_events() -> None:
    seen = []

    async def note(command: None, uow: ScriptedWork) -> None:
        seen.append((uow.attempt.event_id(0), uow.attempt.event_id(1)))

    await Bench(ConcurrencyConflict(), DONE).run(use_case=note)
    assert seen[0] == seen[1]
    assert seen[0][0] != seen[0][1]
