"""A service that is killed with SIGKILL while it writes: everything acknowledged is there, and retries make nothing twice."""

import asyncio
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from support.harness.program import Installation, Served
from support.harness.waiting import PROGRAM_SECONDS

WRITERS = 8
ENOUGH = 300
"""Acknowledged writes."""


@pytest.fixture
def installation() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="taskhub-killed-"))
    folder.chmod(0o711)  # As root the database runs under another account, which has to pass.
    yield Installation(folder, settings={"TASKHUB_RATE_LIMITS": "off"})
    shutil.rmtree(folder)


async def test_nothing_acknowledged_is_lost_and_no_retry_makes_a_second_one(installation: Installation) -> None:
    with installation.serving() as served:
        tasks, project_id = prepare(served)
        authorization = served.client.headers["authorization"]
        acknowledged, attempted = await write_until_killed(served, tasks, project_id, authorization)
    with installation.serving() as served:
        async with client(served, authorization) as again:
            present = await titles(again, tasks)
            assert acknowledged <= set(present)
            for title in attempted:
                answer = await create(again, tasks, project_id, title)
                assert answer.status_code == 201
            assert sorted(await titles(again, tasks)) == sorted(attempted)


def prepare(served: Served) -> tuple[str, str]:
    """A user with a workspace and a project. Returns the path of the tasks, and the project."""
    served.sign_up("ada@example.com")
    assert served.sign_in("ada@example.com")
    workspace = served.client.post("/v1/workspaces", json={"name": "Engine room"}).json()
    path = f"/v1/workspaces/{workspace['id']}"
    project = served.client.post(f"{path}/projects", json={"key": "OPS", "name": "Operations"}).json()
    return f"{path}/tasks", project["id"]


async def write_until_killed(served: Served, tasks: str, project_id: str, authorization: str) -> tuple[set[str], list[str]]:
    """Kills the service after some hundred writes, with others under way. Returns what was acknowledged, and what was tried."""
    acknowledged: set[str] = set()
    attempted: list[str] = []

    async def write(http: httpx2.AsyncClient) -> None:
        while True:
            title = str(uuid4())
            attempted.append(title)
            try:
                answer = await create(http, tasks, project_id, title)
            except httpx2.TransportError:
                return
            if answer.status_code == 201:
                acknowledged.add(title)
            if len(acknowledged) == ENOUGH:
                served.process.send_signal(signal.SIGKILL)

    async with client(served, authorization) as http, asyncio.timeout(PROGRAM_SECONDS):
        await asyncio.gather(*(write(http) for _ in range(WRITERS)))
    assert len(acknowledged) >= ENOUGH, "it was not killed, but has broken its connections by itself"
    served.process.wait(PROGRAM_SECONDS)
    return acknowledged, attempted


def client(served: Served, authorization: str) -> httpx2.AsyncClient:
    """It waits for an answer for as long as a loaded machine takes: who gives up sees the same as who loses the connection."""
    headers = {"authorization": authorization}
    return httpx2.AsyncClient(base_url=served.url, headers=headers, timeout=PROGRAM_SECONDS, trust_env=False)


async def create(http: httpx2.AsyncClient, tasks: str, project_id: str, title: str) -> httpx2.Response:
    return await http.post(tasks, json={"project_id": project_id, "title": title}, headers={"idempotency-key": title})


async def titles(http: httpx2.AsyncClient, tasks: str) -> list[str]:
    found: list[str] = []
    url = f"{tasks}?limit=200"
    while url:
        page = await http.get(url)
        found += [task["title"] for task in page.json()["items"]]
        url = str(page.links["next"]["url"]) if "next" in page.links else ""
    return found
