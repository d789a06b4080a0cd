"""A database that is away is answered with 503, and comes back by itself."""

import asyncio
import time
from uuid import uuid4

import pytest

from support.harness.api import Api
from support.harness.database_proxy import DatabaseProxy
from support.harness.databases import execute
from support.harness.problems import problem
from support.harness.waiting import PROGRAM_SECONDS


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_away_is_503_within_five_seconds(remote: Api, proxy: DatabaseProxy, method: str) -> None:
    proxy.go_away()
    started = time.monotonic()
    body = {"project_id": remote.project["id"], "title": "while away"} if method == "POST" else None
    answer = await remote.send(method, "tasks", body)
    assert time.monotonic() - started < 5
    problem(answer, 503, "unavailable")


async def test_an_unready_service_says_when_to_ask_again(remote: Api, proxy: DatabaseProxy) -> None:
    proxy.go_away()
    problem(await remote.get("/health/ready"), 503, "unavailable")


async def test_the_service_recovers_within_a_second(remote: Api, proxy: DatabaseProxy) -> None:
    proxy.go_away()
    assert (await remote.get("tasks")).status_code == 503
    proxy.come_back()
    async with asyncio.timeout(1):
        while (await remote.get("tasks")).status_code != 200:
            await asyncio.sleep(0)


async def test_backends_terminated_under_load_lose_nothing(remote: Api, database_url: str) -> None:
    """Everything that was acknowledged is there; what was not says that it is not known, never 500."""
    acknowledged: list[str] = []
    unexpected: list[int] = []

    async def terminate() -> None:
        """Ends about half of the service's backends, whatever they are doing."""
        await execute(
            database_url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'taskhub' AND datname = current_database() AND random() < 0.5",
        )

    async def write() -> None:
        for _ in range(40):
            title = str(uuid4())
            answer = await remote.post("tasks", {"project_id": remote.project["id"], "title": title}, idempotency_key=title)
            if answer.status_code == 201:
                acknowledged.append(answer.json()["id"])
                if len(acknowledged) % 10 == 0:
                    await terminate()
            elif answer.status_code != 503:
                unexpected.append(answer.status_code)

    async with asyncio.timeout(PROGRAM_SECONDS):
        await asyncio.gather(*(write() for _ in range(8)))
    assert unexpected == []
    assert len(acknowledged) > 100
    found = set()
    for start in range(0, len(acknowledged), 100):
        page = await remote.get("tasks", ids=acknowledged[start : start + 100], limit=200)
        found |= {task["id"] for task in page.json()["items"]}
    assert found == set(acknowledged)
