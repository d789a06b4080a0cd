"""A process that has nothing to do leaves the nodes alone, and hears from the others when there is something."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from time import monotonic
from typing import Any
from uuid import UUID

import pytest

from integration.conftest import make_container
from support.harness.api import Api, ok
from support.harness.waiting import eventually
from support.harness.webhook_receiver import Receiver, answering, no_content, receiving
from taskhub.app import TaskHub
from taskhub.background import running_loops
from taskhub.kernel.contract.events import Event
from taskhub.kernel.infrastructure.event_log.subscriptions import POLL_SECONDS_ON_NODES, Subscription

LOOK = "SELECT DISTINCT webhooks.workspace_id"
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
    container = make_container(url, webhook_networks=("127.0.0.0/8",))
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


@pytest.mark.parametrize("is_here", [True, False])
async def test_a_deliverer_soon_hears_of_the_first_webhook(here: TaskHub, there: TaskHub, *, is_here: bool) -> None:
    """Whichever process has made it."""
    deliverer = here.state.container.modules["webhooks"].deliverer()
    async with Api.on(here if is_here else there) as api:
        await api.sign_up()
        await api.open_workspace()
        await eventually(partial(is_quiet, here.state.container.database().round_trips))
        ok(await api.post("webhooks", {"url": "https://example.com/hook"}))

        async def is_followed() -> bool:
            return UUID(api.workspace["id"]) in deliverer._followed

        async with asyncio.timeout(SOON_SECONDS):
            await eventually(is_followed)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@asynccontextmanager
async def with_webhook(app: TaskHub, receiver: Receiver) -> AsyncIterator[Api]:
    """A client whose workspace has one that has delivered something."""
    async with Api.on(app) as api:
        await api.sign_up()
        await api.open_workspace()
        await api.open_project()
        ok(await api.post("webhooks", {"url": receiver.url, "types": ["task.created"]}))
        await api.add_task()
        async with asyncio.timeout(SOON_SECONDS):
            await receiver.has(1)
        yield api


async def test_a_webhook_without_anything_to_deliver_makes_no_process_ask_the_nodes(
    here: TaskHub, there: TaskHub, receiver: Receiver
) -> None:
    async with with_webhook(there, receiver):
        for app in (here, there):
            await eventually(partial(is_quiet, app.state.container.database().round_trips))


async def is_quiet(sent: list[str]) -> bool:
    """Whether it asks for nothing but hints, for some time: there may have been something to do until now."""
    sent.clear()
    await _exchanged(sent, EXCHANGES)
    return [sql for sql in sent if HINT not in sql] == []


async def test_a_delivery_that_failed_is_tried_again_when_it_is_due(here: TaskHub, receiver: Receiver) -> None:
    async with with_webhook(here, receiver) as api:
        receiver.answer = answering(500)
        await api.add_task()
        await receiver.has(2)
        receiver.answer = no_content
        async with asyncio.timeout(SOON_SECONDS):
            await receiver.has(3)


async def test_a_delivery_that_somebody_asks_for_is_made_soon(here: TaskHub, receiver: Receiver) -> None:
    async with with_webhook(here, receiver) as api:
        await eventually(partial(is_quiet, here.state.container.database().round_trips))
        [webhook] = ok(await api.get("webhooks"))["items"]
        ok(await api.post(f"webhooks/{webhook['id']}/test"))
        async with asyncio.timeout(SOON_SECONDS):
            await receiver.has(2)


async def test_a_deliverer_looks_once_a_second_at_most_whatever_is_committed(here: TaskHub, receiver: Receiver) -> None:
    async with with_webhook(here, receiver) as api:
        sent, began_at = here.state.container.database().round_trips, monotonic()
        before = _count(sent, LOOK)
        while _count(sent, LOOK) < before + 3:
            await api.add_task()
        assert monotonic() - began_at > 2
