"""Subscribers: at least once, in order, whatever dies."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from support.harness import subscriber_process
from support.harness.subscriber_process import TYPE, RecordingSubscriber, subscription
from support.harness.waiting import PROGRAM_SECONDS, eventually
from taskhub.background import running_loops
from taskhub.kernel.contract.events import Event
from taskhub.kernel.infrastructure.event_log import subscriptions
from taskhub.kernel.infrastructure.postgres.database import Database

SCRIPT = Path(subscriber_process.__file__)


@pytest.fixture
async def raw(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    await connection.execute(
        "CREATE TABLE handled (place bigserial, stream_id uuid, seq bigint);"
        " DELETE FROM subscriptions WHERE subscriber LIKE 'test.%'; DELETE FROM parked_events"
    )
    yield connection
    await connection.execute(
        "DROP TABLE handled;"
        " DELETE FROM event_streams USING events WHERE events.stream_id = event_streams.stream_id AND type LIKE 'test.%';"
        " DELETE FROM events WHERE type LIKE 'test.%'"
    )
    await connection.close()


async def add_events(raw: asyncpg.Connection, streams: list[UUID], count: int, *, type_: str = TYPE) -> None:
    """Appends `count` events to each stream, as commits would."""
    await raw.execute(
        """
        WITH grown AS (
            INSERT INTO event_streams SELECT unnest($1::uuid[]), $2, now()
            ON CONFLICT (stream_id) DO UPDATE SET last_seq = event_streams.last_seq + $2, moved_at = excluded.moved_at
            RETURNING stream_id, last_seq
        )
        INSERT INTO events
        SELECT stream_id, last_seq - $2 + n, gen_random_uuid(), $3, 1, 'test', gen_random_uuid(), 1, NULL, now(), NULL, '{}', NULL
        FROM grown, generate_series(1, $2) AS n
        """,
        streams,
        count,
        type_,
    )


async def handled(raw: asyncpg.Connection, streams: list[UUID]) -> dict[UUID, list[int]]:
    """What was handled, in the order in which it was."""
    rows = await raw.fetch("SELECT stream_id, seq FROM handled WHERE stream_id = ANY($1) ORDER BY place", streams)
    found: dict[UUID, list[int]] = {stream: [] for stream in streams}
    for row in rows:
        found[row["stream_id"]].append(row["seq"])
    return found


@pytest.mark.long
async def test_four_processes_killed_at_random_miss_none_of_ten_thousand_events(
    raw: asyncpg.Connection, database_url: str
) -> None:
    streams, each = [uuid4() for _ in range(100)], 100
    await add_events(raw, streams, each)
    processes = [await _start(database_url) for _ in range(4)]
    kills = 0
    try:
        async with asyncio.timeout(PROGRAM_SECONDS):
            while (done := await raw.fetchval("SELECT count(*) FROM handled")) < len(streams) * each:
                # Kill one after roughly every five hundred events, so that it never is only an idle one.
                if done > (kills + 1) * 500:
                    victim = random.randrange(4)
                    processes[victim].kill()
                    await processes[victim].wait()
                    processes[victim] = await _start(database_url)
                    kills += 1
    finally:
        for process in processes:
            process.kill()
            await process.wait()
    assert kills >= 10
    assert await handled(raw, streams) == {stream: list(range(1, each + 1)) for stream in streams}


async def _start(database_url: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(sys.executable, str(SCRIPT), database_url)


async def test_events_that_nobody_wants_are_passed_over(raw: asyncpg.Connection, database: Database) -> None:
    stream = uuid4()
    await add_events(raw, [stream], 3, type_="test.boring")
    await add_events(raw, [stream], 1)
    await subscription(database, RecordingSubscriber()).catch_up()
    assert await handled(raw, [stream]) == {stream: [4]}


async def test_a_quiet_log_is_not_looked_through_again(raw: asyncpg.Connection, database: Database) -> None:
    stream = uuid4()
    await add_events(raw, [stream], 3, type_="test.boring")
    await subscription(database, RecordingSubscriber()).catch_up()
    position = await raw.fetchval(
        "SELECT position FROM subscriptions WHERE stream_id = $1 AND subscriber = $2", stream, RecordingSubscriber.name
    )
    assert position == 3


async def let_move_long_ago(raw: asyncpg.Connection, stream: UUID) -> None:
    """As a commit whose clock was moved on before it was done."""
    await raw.execute("UPDATE event_streams SET moved_at = now() - interval '10 minutes' WHERE stream_id = $1", stream)


async def test_whoever_is_asked_to_catch_up_finds_what_is_said_to_have_moved_long_ago(
    raw: asyncpg.Connection, database: Database
) -> None:
    stream = uuid4()
    worker = subscription(database, RecordingSubscriber())
    await worker.catch_up()
    await add_events(raw, [stream], 1)
    await let_move_long_ago(raw, stream)
    await worker.catch_up()
    assert await handled(raw, [stream]) == {stream: [1]}


async def test_the_loop_looks_at_all_logs_once_a_minute_of_the_stopwatch_wherever_the_clock_stands(
    raw: asyncpg.Connection, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "POLL_SECONDS", 0.01)
    stream, now, seconds = uuid4(), datetime.now(UTC), [0.0]
    clock = [now + timedelta(days=400)]
    worker = subscription(database, RecordingSubscriber(), lambda: clock[0], lambda: seconds[0])
    await add_events(raw, [stream], 1)
    async with running_loops(worker.run):
        await eventually(lambda: is_handled(raw, stream, [1]))
        clock[0] = now
        await add_events(raw, [stream], 1)
        await let_move_long_ago(raw, stream)
        seconds[0] = 60.0
        await eventually(lambda: is_handled(raw, stream, [1, 2]))


async def is_handled(raw: asyncpg.Connection, stream: UUID, seqs: list[int]) -> bool:
    return await handled(raw, [stream]) == {stream: seqs}


class Failing(RecordingSubscriber):
    """Fails at one event, a number of times."""

    name = "test.failing"

    def __init__(self, seq: int, times: int) -> None:
        self.seq = seq
        self.times = times

    async def handle(self, event: Event, uow: Any) -> bool:
        await super().handle(event, uow)
        if event.seq == self.seq and self.times > 0:
            self.times -= 1
            raise ValueError("planted")
        return True


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "FIRST_RETRY_DELAY", subscriptions.FIRST_RETRY_DELAY * 0)


@pytest.mark.usefixtures("impatient")
async def test_an_event_that_fails_is_tried_again_and_leaves_nothing_half_done(
    raw: asyncpg.Connection, database: Database
) -> None:
    stream = uuid4()
    await add_events(raw, [stream], 3)
    worker = subscription(database, Failing(seq=2, times=3))
    for _ in range(4):
        await worker.catch_up()
    assert await handled(raw, [stream]) == {stream: [1, 2, 3]}


@pytest.mark.usefixtures("impatient")
async def test_an_event_that_keeps_failing_is_parked_and_the_log_goes_on(raw: asyncpg.Connection, database: Database) -> None:
    stream = uuid4()
    await add_events(raw, [stream], 3)
    worker = subscription(database, Failing(seq=2, times=1000))
    for _ in range(subscriptions.FAILURES_BEFORE_PARKING + 1):
        await worker.catch_up()
    assert await handled(raw, [stream]) == {stream: [1, 3]}
    parked = await raw.fetchrow("SELECT seq, error, parked_at FROM parked_events WHERE stream_id = $1", stream)
    assert (parked["seq"], parked["error"]) == (2, "ValueError('planted')")
    assert parked["parked_at"] <= datetime.now(UTC)


async def test_one_log_that_fails_does_not_hold_up_the_others(raw: asyncpg.Connection, database: Database) -> None:
    broken, sound = uuid4(), uuid4()
    await add_events(raw, [broken], 3)
    await add_events(raw, [sound], 1)
    await subscription(database, Failing(seq=2, times=1000)).catch_up()
    assert await handled(raw, [broken, sound]) == {broken: [1], sound: [1]}
