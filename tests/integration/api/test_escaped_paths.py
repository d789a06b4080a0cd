"""Paths whose parts are escaped, on a real server."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx2
import pytest

from support.harness.api import Api, ok
from support.harness.external_keys import HOSTILE, external
from support.harness.problems import problem


@pytest.fixture
async def wire(server_url: str) -> AsyncIterator[Api]:
    """A client of a real server, for how it reads paths."""
    async with httpx2.AsyncClient(base_url=server_url) as client:
        api = Api(client)
        await api.sign_up()
        await api.open_workspace()
        await api.open_project()
        yield api


async def test_a_real_server_reads_paths_the_same(wire: Api) -> None:
    body = {"project_id": wire.project["id"], "title": "Oil"}
    paths = [f"tasks/external/{quote(key, safe='')}" for key in HOSTILE]
    created = [ok(await wire.put(path, body)) for path in paths]
    assert [task["external_keys"] for task in created] == [[key] for key in HOSTILE]
    read = await asyncio.gather(*(wire.get(f"tasks/{external(key)}") for key in HOSTILE))
    assert [ok(answer) for answer in read] == created
    for path in ("tasks/external/%FF", "tasks/external/%00", "tasks/external/a%ED%A0%80"):
        problem(await wire.put(path, body), 404, "not_found")
