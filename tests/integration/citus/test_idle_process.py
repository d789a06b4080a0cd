"""A process that has nothing to do leaves the nodes alone, and hears from the others when there is something."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from integration.conftest import make_container
from support.harness.api import Api, ok
from support.harness.waiting import eventually
from taskhub.app import TaskHub
from taskhub.background import running_loops
from taskhub.kernel.contract.events import Event
from taskhub.kernel.infrastructure.event_log.subscriptions import POLL_SECONDS_ON_NODES, Subscription

HINT, EXCHANGES = "log_growth", 6
"""What it asks the coordinator for, and how many times: for three seconds."""
SOON_SECONDS = POLL_SECONDS_ON_NODES / 3


@pytest.fixture
async def here(own_url: str) -> AsyncIterator[TaskHub]:
    async for app in _running(own_url):
        yield app


@pytest.fixture
async def there(own_url: str) -> AsyncIterator[TaskHub]:
    async for app in _running(own_url):
        yield app


async def _running(url: str) -> AsyncIterator[TaskHub]:
    """A process, with its background work, that has begun."""
    container = make_container(url)
    sent = container.database().round_trips = []
    app = TaskHub(container)
    async with app.router.lifespan_context(app):
        await _exchanged(sent, 3)
        yield app


async def _exchanged(sent: list[str], times: int) -> None:
    before = _count(sent, HINT)

    async def has_exchanged() -> bool:
        return _count(sent, HINT) >= before + times

    await eventually(has_exchanged)


def _count(sent: list[str], part: str) -> int:
    return sum(part in sql for sql in sent)


async def test_the_nodes_are_not_asked_for_what_is_new(here: TaskHub) -> None:
    sent = here.state.container.database().round_trips
    sent.clear()
    await _exchanged(sent, EXCHANGES)
    assert [sql for sql in sent if HINT not in sql] == []


class Recorder:
    """Only one process has it, so that no other one handles what it waits for."""

    name = "test.recorder"
    types = frozenset({"task.created"})

    def __init__(self) -> None:
        self.seen = asyncio.Event()

    async def handle(self, event: Event, uow: Any) -> bool:
        self.seen.set()
        return True


async def test_a_subscriber_soon_hears_of_what_another_process_commits(here: TaskHub, there: TaskHub) -> None:
    container, recorder = here.state.container, Recorder()
    shared = (container.database(), container.notifier(), container.clock())
    subscription = Subscription(recorder, container.modules["tasks"].runner(), *shared)
    async with Api.on(there) as api, running_loops(subscription.run):
        await api.sign_up()
        await api.open_workspace()
        await api.open_project()
        await _exchanged(container.database().round_trips, EXCHANGES)
        await api.add_task()
        async with asyncio.timeout(SOON_SECONDS):
            await recorder.seen.wait()


async def test_a_deliverer_soon_hears_of_the_first_webhook(here: TaskHub, there: TaskHub) -> None:
    deliverer = here.state.container.modules["webhooks"].deliverer()
    async with Api.on(there) as api:
        await api.sign_up()
        await api.open_workspace()
        ok(await api.post("webhooks", {"url": "https://example.com/hook"}))

        async def is_followed() -> bool:
            return UUID(api.workspace["id"]) in deliverer._followed

        async with asyncio.timeout(SOON_SECONDS):
            await eventually(is_followed)
