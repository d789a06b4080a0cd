"""Throttling, as every answer shows it."""

from collections.abc import AsyncIterator

import pytest

from integration.conftest import make_container
from support.harness.api import Api
from support.harness.operations import PROTECTED, SampleData, each
from support.harness.problems import problem
from taskhub.app import TaskHub
from taskhub.kernel.api.operations import Operation


@pytest.fixture(scope="module")
async def limited(database_url: str) -> AsyncIterator[SampleData]:
    """A world on a service that counts, generously."""
    app = TaskHub(make_container(database_url, rate_limits="on", limit_writes_per_user=1000))
    async with app.router.lifespan_context(app), Api.on(app) as api:
        await api.sign_up()
        yield await SampleData.create(api)


@each(PROTECTED)
async def test_every_answer_to_somebody_known_tells_what_is_left(limited: SampleData, operation: Operation) -> None:
    for workspace_id in (limited.ids["workspace_id"], "not-there"):
        path = limited.path(operation, workspace_id=workspace_id)
        answer = await limited.call(operation, path=path, params={"surprise": "1"})

        assert answer.headers["ratelimit-policy"] == '"writes";q=1000;w=60'
        assert answer.headers["ratelimit"].startswith('"writes";r=')


async def test_who_writes_too_often_is_told_when_to_come_back_and_may_go_on_reading(database_url: str) -> None:
    app = TaskHub(make_container(database_url, rate_limits="on", limit_writes_per_user=3))
    async with app.router.lifespan_context(app), Api.on(app) as api:
        await api.sign_up()
        for _ in range(3):
            await api.open_workspace()
        answer = await api.post("/v1/workspaces", {"name": "One too many"})

        assert problem(answer, 429, "rate_limited")["retry"] == "safe"
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert answer.headers["ratelimit"].startswith('"writes";r=0;')
        assert (await api.get("/v1/workspaces")).status_code == 200
