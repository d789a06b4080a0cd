"""Limits are counted over all processes of a deployment: what one admits, the others know of within a second."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from integration.conftest import make_container
from support.fakes.clocks import FakeMonotonicClock
from support.harness.api import Api
from support.harness.databases import execute
from support.harness.problems import problem
from support.harness.waiting import eventually
from taskhub.app import TaskHub
from taskhub.background import Background
from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.application.sliding_windows import SlidingWindows
from taskhub.kernel.infrastructure.background.rate_limit_sync import RateLimitSync
from taskhub.kernel.infrastructure.postgres.database import Database

MAX = 200
"""More than one process is asked for within a second here: who is refused by it has heard of the other."""


@pytest.fixture(autouse=True)
async def told_to_these_alone(database_url: str) -> AsyncIterator[None]:
    """What is counted here is told to all processes on this database for a minute, those of the next tests too."""
    yield
    await execute(database_url, "DELETE FROM rate_limit_hits")


@pytest.fixture
async def two(database_url: str) -> AsyncIterator[tuple[Api, Api]]:
    """Clients of two processes of one deployment."""
    async with AsyncExitStack() as stack:
        clients = []
        for _ in range(2):
            settings = {"limit_writes_per_user": MAX, "limit_attempts_per_account": MAX, "limit_attempts_per_address": 10_000}
            app = TaskHub(make_container(database_url, rate_limits="on", **settings))
            await stack.enter_async_context(app.router.lifespan_context(app))
            clients.append(await stack.enter_async_context(Api.on(app)))
        yield clients[0], clients[1]


async def guess(api: Api, email: str) -> httpx2.Response:
    return await api.post("/v1/sessions", {"email": email, "password": "a wrong guess"})


async def test_guesses_that_are_spread_over_processes_gain_what_a_second_gives(two: tuple[Api, Api]) -> None:
    here, there = two
    email = f"{uuid4().hex}@example.com"
    for _ in range(MAX):
        assert (await guess(here, email)).status_code == 401
    problem(await guess(here, email), 429, "rate_limited")

    began, gained = time.monotonic(), 0
    while (answer := await guess(there, email)).status_code == 401:
        gained += 1
        assert time.monotonic() - began < 1.0, "it has heard nothing for a second"
    problem(answer, 429, "rate_limited")
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert gained < MAX


async def test_writes_at_one_process_are_told_by_the_other(two: tuple[Api, Api]) -> None:
    here, there = two
    await here.sign_up()
    there.client.headers["authorization"] = here.client.headers["authorization"]
    for _ in range(10):
        await here.open_workspace()
    assert (await there.post("/v1/workspaces", {"name": "From there"})).status_code == 201

    async def has_heard() -> bool:
        told = (await there.get("/v1/users/me")).headers["ratelimit"]
        return told.startswith(f'"writes";r={MAX - 11};')

    await eventually(has_heard)


KEY = b"a key of 16 byte"


async def test_what_happened_before_a_process_asked_is_heard_with_its_age(database: Database) -> None:
    watch = FakeMonotonicClock()
    early, late = SlidingWindows(), SlidingWindows(watch)
    key = uuid4().bytes
    for _ in range(3):
        early.hit(key, 10)
    await RateLimitSync(database, early).exchange()
    await _age(database, key, seconds=40)
    await RateLimitSync(database, late).exchange()
    remaining, seconds = late.left(key, 10)
    assert remaining == 7
    assert 15 < seconds <= 20


async def test_what_is_older_than_a_window_is_not_heard_and_removed(database: Database) -> None:
    early, late = SlidingWindows(), SlidingWindows()
    key = uuid4().bytes
    early.hit(key, 10)
    telling = RateLimitSync(database, early)
    await telling.exchange()
    await _age(database, key, seconds=61)
    await RateLimitSync(database, late).exchange()
    assert late.left(key, 10)[0] == 10
    early.hit(KEY, 10)
    await telling.exchange()
    assert await _told(database, key) == 0


async def test_nothing_is_heard_twice_and_nothing_of_ones_own(database: Database) -> None:
    one, other = SlidingWindows(), SlidingWindows()
    key = uuid4().bytes
    telling, hearing = RateLimitSync(database, one), RateLimitSync(database, other)
    for _ in range(3):
        one.hit(key, 100)
        await telling.exchange()
        await hearing.exchange()
        await hearing.exchange()
    assert one.left(key, 100)[0] == 97
    assert other.left(key, 100)[0] == 97


async def test_a_process_that_has_nothing_to_tell_asks_nothing(database_url: str) -> None:
    app = TaskHub(make_container(database_url, rate_limits="on", limit_attempts_per_address=10_000))
    async with app.router.lifespan_context(app), Api.on(app) as api:
        database = app.state.container.database()
        await api.sign_up()

        async def has_told() -> bool:
            return not app.state.container.windows().has_pending_hits

        await eventually(has_told)
        shared = app.state.container.rate_limit_sync()
        await _turns(shared, 2)
        before = shared._number
        database.round_trips = []
        for _ in range(20):
            assert (await api.get("/v1/users/me")).status_code == 200
        await _turns(shared, 2)
        assert shared._number == before
        assert not [sql for sql in database.round_trips if "rate_limit_hits" in sql]


async def test_many_requests_are_told_in_few_statements(two: tuple[Api, Api]) -> None:
    here, _ = two
    app = here.client._transport.app  # type: ignore[attr-defined]  # The app behind the client.
    database = app.state.container.database()
    database.round_trips = []
    began = time.monotonic()
    for _ in range(100):
        await guess(here, "nobody@example.com")
    took = time.monotonic() - began
    told = [sql for sql in database.round_trips if "rate_limit_hits" in sql]
    assert len(told) <= took / 0.4 + 1


async def test_with_the_database_away_a_process_counts_alone() -> None:
    class Away:
        async def fetch(self, statement: Any, parameters: Any) -> Any:
            raise Unavailable

    windows = SlidingWindows()
    shared = RateLimitSync(Away(), windows)  # type: ignore[arg-type]  # A fake.
    for _ in range(3):
        assert windows.hit(KEY, 3)
        await shared._try_to_exchange()
    assert not windows.hit(KEY, 3)


async def test_what_processes_told_that_have_ended_is_purged(database: Database, app: TaskHub) -> None:
    gone = SlidingWindows()
    key = uuid4().bytes
    gone.hit(key, 10)
    await RateLimitSync(database, gone).exchange()
    container = app.state.container
    await Background(container).purge_once()
    assert await _told(database, key) == 1
    async with database.connection() as connection:
        at = datetime.now(UTC) - timedelta(minutes=11)
        await connection._driver.execute("UPDATE rate_limit_hits SET told_at = $2 WHERE $1 = ANY (subjects)", key, at)
    await Background(container).purge_once()
    assert await _told(database, key) == 0


async def _age(database: Database, key: bytes, *, seconds: int) -> None:
    """Citus lets no update depend on a time zone, so the times are not reckoned there."""
    async with database.connection() as connection:
        [told_at] = await connection._driver.fetchrow("SELECT told_at FROM rate_limit_hits WHERE $1 = ANY (subjects)", key)
        statement = "UPDATE rate_limit_hits SET told_at = $2 WHERE $1 = ANY (subjects)"
        await connection._driver.execute(statement, key, told_at - timedelta(seconds=seconds))


async def _told(database: Database, key: bytes) -> int:
    async with database.connection() as connection:
        return int(await connection._driver.fetchval("SELECT count(*) FROM rate_limit_hits WHERE $1 = ANY (subjects)", key))


async def _turns(shared: RateLimitSync, count: int) -> None:
    """Waits until the loop of a process has come round so many times."""
    seen, drop_expired = 0, shared._windows.drop_expired

    def counting() -> None:
        nonlocal seen
        seen += 1
        drop_expired()

    shared._windows.drop_expired = counting  # type: ignore[method-assign]  # Watched, not changed.

    async def enough() -> bool:
        return seen > count

    await eventually(enough)
    shared._windows.drop_expired = drop_expired  # type: ignore[method-assign]  # As before.
