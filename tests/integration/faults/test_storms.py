"""Backends terminated again and again under load, and connections that never come back: the service has all of them afterwards,
or says that it has not.
"""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from integration.conftest import make_container
from support.harness.api import Api
from support.harness.databases import execute
from support.harness.problems import problem
from support.harness.waiting import PROGRAM_SECONDS
from taskhub.app import TaskHub
from taskhub.kernel.infrastructure.postgres import database as database_module
from taskhub.kernel.infrastructure.postgres.database import Database

WRITERS = 40
TERMINATIONS = 15
ANSWERS_BETWEEN = 10
TERMINATE_ALL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'taskhub' AND datname = current_database()"
)


@pytest.fixture
def app(database_url: str) -> TaskHub:
    return TaskHub(make_container(database_url, database_pool_size=20))


@pytest.fixture
def database(app: TaskHub) -> Database:
    pool: Database = app.state.container.database()
    return pool


@pytest.fixture
async def api(app: TaskHub) -> AsyncIterator[Api]:
    async with app.router.lifespan_context(app), Api.on(app) as api:
        await api.sign_up()
        await api.open_workspace()
        await api.open_project()
        yield api


async def test_after_a_storm_of_terminated_backends_all_connections_are_there(
    api: Api, database: Database, database_url: str
) -> None:
    """Writers on the same few tasks run their commands again under locks, and meet the next termination there."""
    tasks = [(await api.add_task())["id"] for _ in range(3)]
    statuses: list[int] = []
    answered, is_over = asyncio.Condition(), False

    async def write(number: int) -> None:
        while not is_over:
            answer = await api.patch(f"tasks/{tasks[number % 3]}", {"title": str(uuid4())})
            statuses.append(answer.status_code)
            async with answered:
                answered.notify_all()

    async def blow() -> None:
        nonlocal is_over
        for _ in range(TERMINATIONS):
            await execute(database_url, TERMINATE_ALL)
            enough = len(statuses) + ANSWERS_BETWEEN
            async with answered:
                while len(statuses) < enough:
                    await answered.wait()
        is_over = True

    async with asyncio.timeout(PROGRAM_SECONDS), asyncio.TaskGroup() as group:
        group.create_task(blow())
        for number in range(WRITERS):
            group.create_task(write(number))
    assert set(statuses) <= {200, 503}
    await borrow(database, database.pool_size)
    assert (await api.patch(f"tasks/{tasks[0]}", {"title": "After the storm"})).status_code == 200


async def borrow(database: Database, count: int) -> None:
    """Has so many connections at once, and gives them back."""
    borrowed = [await database.acquire() for _ in range(count)]
    for connection in borrowed:
        database.release(connection)


async def test_a_process_whose_connections_never_come_back_is_not_alive(
    api: Api, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = [await database.acquire() for _ in range(10)]
    assert (await api.get("/health/live")).status_code == 200
    monkeypatch.setattr(database_module, "OVERDUE_SECONDS", 0.0)
    assert database.overdue() == 10
    assert "taskhub_database_connections_overdue 10.0" in (await api.get("/metrics")).text
    refusal = problem(await api.get("/health/live"), 503, "unavailable")
    assert "restarted" in refusal["detail"]
    database.release(lost.pop())
    assert (await api.get("/health/live")).status_code == 200
    for connection in lost:
        database.release(connection)


async def test_a_connection_that_is_used_is_not_overdue(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await database.open()
    connection = await database.acquire()
    monkeypatch.setattr(database_module, "OVERDUE_SECONDS", 1000.0)
    connection.used_at -= 1001
    assert database.overdue() == 1
    await connection.begin()
    assert database.overdue() == 0
    await connection.rollback()
    database.release(connection)
    await database.close()
