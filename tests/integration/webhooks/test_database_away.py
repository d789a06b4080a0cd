"""Deliveries while the database is away: nothing is lost, and what was sent is sent again under its id."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from integration.webhooks.conftest import add_webhook, clocked_container, deliveries, signed_up
from support.harness.api import Api
from support.harness.database_proxy import DatabaseProxy
from support.harness.waiting import eventually
from support.harness.webhook_receiver import Received, Receiver, no_content
from taskhub.app import TaskHub
from taskhub.testing.control.clock import MovableClock
from taskhub.webhooks.domain.delivery import LEASE
from taskhub.webhooks.infrastructure.deliverer import Deliverer


@pytest.fixture
async def proxy(hooks_url: str) -> AsyncIterator[DatabaseProxy]:
    async with DatabaseProxy(hooks_url).running() as proxy:
        yield proxy


@pytest.fixture
async def remote_app(proxy: DatabaseProxy, clock: MovableClock) -> AsyncIterator[TaskHub]:
    app = TaskHub(clocked_container(proxy.url, clock))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def remote(remote_app: TaskHub) -> AsyncIterator[Api]:
    async with Api.on(remote_app) as api:
        yield await signed_up(api)


async def answers(api: Api) -> bool:
    return (await api.get("tasks")).is_success


async def test_what_came_of_a_try_is_not_known_then_so_it_is_made_again(
    remote: Api, remote_app: TaskHub, proxy: DatabaseProxy, clock: MovableClock, receiver: Receiver
) -> None:
    deliverer: Deliverer = remote_app.state.container.modules["webhooks"].deliverer()

    async def take_while_it_goes_away(received: Received, writer: asyncio.StreamWriter) -> None:
        proxy.go_away()
        await no_content(received, writer)

    receiver.answer = take_while_it_goes_away
    webhook = await add_webhook(remote, receiver.url)
    await remote.add_task()
    await receiver.has(1)

    async def is_given_up() -> bool:
        return not deliverer._sending

    await eventually(is_given_up)
    receiver.answer = no_content
    proxy.come_back()
    await eventually(lambda: answers(remote))
    (claimed,) = await deliveries(remote, webhook)
    assert (claimed["status"], claimed["attempts"]) == ("pending", [])
    clock.move_to(clock() + LEASE)
    first, again = await receiver.has(2)
    assert (again.id, again.body) == (first.id, first.body)

    async def is_written_down() -> bool:
        return [one["status"] for one in await deliveries(remote, webhook)] == ["succeeded"]

    await eventually(is_written_down)


async def test_what_happened_just_before_is_delivered_when_it_is_back(
    remote: Api, proxy: DatabaseProxy, receiver: Receiver
) -> None:
    await add_webhook(remote, receiver.url)
    task = await remote.add_task()
    proxy.go_away()

    async def is_away() -> bool:
        return (await remote.get("tasks")).status_code == 503

    await eventually(is_away)
    proxy.come_back()
    received = await receiver.has(1)
    assert received[0].message["data"]["entity_id"] == task["id"]
