"""Retry keys live by the service's one clock."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from dependency_injector import providers

from integration.conftest import make_container
from support.harness.api import Api
from taskhub.app import TaskHub
from taskhub.kernel.application.clock import system_clock

ALMOST_A_DAY, A_DAY = timedelta(hours=23, minutes=59), timedelta(hours=24, seconds=1)


class SetClock:
    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return system_clock() + self.ahead


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def api(database_url: str, clock: SetClock) -> AsyncIterator[Api]:
    container = make_container(database_url, lambda its: its.clock.override(providers.Object(clock)))
    app = TaskHub(container)
    async with container.database().opened(), Api.on(app) as api:
        await api.sign_up()
        await api.open_workspace()
        await api.open_project()
        yield api


@pytest.mark.parametrize(("later", "is_replayed"), [(ALMOST_A_DAY, True), (A_DAY, False)])
async def test_a_key_is_kept_for_a_day_of_that_clock(api: Api, clock: SetClock, later: timedelta, *, is_replayed: bool) -> None:
    body = {"project_id": api.project["id"], "title": "Oil the engine"}
    first = await api.post("tasks", body, idempotency_key="the key")
    clock.ahead += later
    await api.sign_in(api.user["email"])
    second = await api.post("tasks", body, idempotency_key="the key")
    assert (second.status_code, "idempotency-replayed" in second.headers) == (201, is_replayed)
    assert (first.json()["id"] == second.json()["id"]) == is_replayed
