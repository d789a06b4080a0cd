"""The log of deliveries is bounded, secrets follow the deployment's key, and tests can wait for what is due."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from integration.conftest import SECRET_KEYS
from integration.webhooks.conftest import add_webhook, clocked_container, deliveries, signed_up
from support.harness.api import Api, ok
from support.harness.waiting import eventually
from support.harness.webhook_receiver import Receiver, answering, no_content
from taskhub.app import TaskHub
from taskhub.container import Container
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.background.purge_trash import RETENTION as TRASH_KEPT
from taskhub.testing.control.clock import MovableClock
from taskhub.webhooks.domain.delivery import DELAYS
from taskhub.webhooks.infrastructure import purge
from taskhub.webhooks.infrastructure.deliverer import Deliverer
from taskhub.webhooks.infrastructure.mappings import WEBHOOKS
from taskhub.webhooks.infrastructure.queues import WORKSPACE_ID
from taskhub.webhooks.infrastructure.secret_box import EncryptedSecrets

NEW_KEY = b"another secret key that only tests know, long enough"
_SECRETS = Statement(WEBHOOKS.table.select().where(WEBHOOKS.table.c.workspace_id == WORKSPACE_ID))


@pytest.fixture
def container(hooks_url: str, clock: MovableClock) -> Container:
    return clocked_container(hooks_url, clock)


@pytest.fixture
async def quiet(container: Container) -> AsyncIterator[Api]:
    """A client of an application whose deliverer does only what it is asked for."""
    async with container.database().opened(), Api.on(TaskHub(container)) as api:
        yield await signed_up(api)


@pytest.fixture
def deliverer(container: Container) -> Deliverer:
    found: Deliverer = container.modules["webhooks"].deliverer()
    return found


async def mine(deliverer: Deliverer, webhook: Any) -> Any:
    return [one for one in await deliverer.pending() if webhook["id"] in one.what]


async def test_tests_can_wait_for_what_is_due(quiet: Api, deliverer: Deliverer, receiver: Receiver, clock: MovableClock) -> None:
    webhook = await add_webhook(quiet, receiver.url)
    await deliverer.catch_up()
    assert await mine(deliverer, webhook) == []
    receiver.answer = answering(500)
    await quiet.add_task()
    assert [one.due_at for one in await mine(deliverer, webhook)] == [None]
    await deliverer.catch_up()
    (resting,) = await mine(deliverer, webhook)
    assert resting.due_at == clock() + DELAYS[0]
    receiver.answer = no_content
    await deliverer.catch_up()
    assert len(receiver.received) == 1
    clock.move_to(resting.due_at)
    await deliverer.catch_up()
    assert (await mine(deliverer, webhook), len(receiver.received)) == ([], 2)


async def test_of_finished_deliveries_the_last_ones_are_kept(
    quiet: Api, container: Container, deliverer: Deliverer, receiver: Receiver, clock: MovableClock
) -> None:
    webhook = await add_webhook(quiet, receiver.url)
    for _ in range(3):
        await quiet.add_task()
    await deliverer.catch_up()
    receiver.answer = answering(500)
    await quiet.add_task()
    await deliverer.catch_up()
    before = await deliveries(quiet, webhook)
    assert len(before) == 4
    await purge.purge_deliveries(container.database(), clock())
    assert await deliveries(quiet, webhook) == before
    await purge.purge_deliveries(container.database(), clock() + purge.RETENTION + timedelta(minutes=1))
    assert [one["status"] for one in await deliveries(quiet, webhook)] == ["pending"]


async def test_what_was_removed_for_good_goes_from_what_was_delivered(
    quiet: Api, container: Container, deliverer: Deliverer, receiver: Receiver, clock: MovableClock
) -> None:
    """Whether it was delivered or not."""
    webhook = await add_webhook(quiet, receiver.url, "task.created", "task.purged", "project.created")
    receiver.answer = answering(500)
    waiting = await add_webhook(quiet, receiver.url)
    task = await quiet.add_task()
    await deliverer.catch_up()
    receiver.answer = no_content
    clock.move_to(clock() + DELAYS[0])
    assert (await quiet.patch(f"webhooks/{waiting['id']}", {"active": False})).is_success
    await quiet.open_project(key="WEB")
    assert (await quiet.delete(f"tasks/{task['id']}")).status_code == 204
    await deliverer.catch_up()
    assert len(await deliveries(quiet, webhook)) == 2
    await purge.purge_deliveries(container.database(), clock())
    assert len(await deliveries(quiet, webhook)) == 2
    for each in container.modules["tasks"].purges():
        await each.remove(container.database(), clock() + TRASH_KEPT + timedelta(hours=1))
    await deliverer.catch_up()
    await purge.purge_deliveries(container.database(), clock())
    assert sorted(one["type"] for one in await deliveries(quiet, webhook)) == ["project.created", "task.purged"]
    assert await deliveries(quiet, waiting) == []


async def test_more_than_are_kept_are_removed_oldest_first(
    quiet: Api, container: Container, deliverer: Deliverer, receiver: Receiver, clock: MovableClock
) -> None:
    webhook = await add_webhook(quiet, receiver.url)
    for _ in range(5):
        await quiet.add_task()
    await deliverer.catch_up()
    newest = (await deliveries(quiet, webhook))[:2]
    place = {"workspace_id": quiet.workspace["id"], "webhook_id": webhook["id"], "before": clock() - purge.RETENTION}
    await container.database().fetch(purge.purge_statement(2), place)
    assert await deliveries(quiet, webhook) == newest


async def test_secrets_are_encrypted_anew_once_there_is_another_key(
    quiet: Api, container: Container, clock: MovableClock
) -> None:
    webhook = await add_webhook(quiet, "https://hooks.example.com/", active=False)
    rotated = ok(await quiet.post(f"webhooks/{webhook['id']}/rotate_secret"))
    both, new = EncryptedSecrets([NEW_KEY, *SECRET_KEYS]), EncryptedSecrets([NEW_KEY])
    assert await purge.SecretUpkeep(both)(container.database(), clock()) >= 1
    assert await purge.SecretUpkeep(both)(container.database(), clock()) == 0
    (row,) = await container.database().fetch(_SECRETS, {"workspace_id": quiet.workspace["id"]})
    assert new.open(row["secret"], row["id"]) == rotated["secret"]
    assert new.open(row["former_secrets"][0], row["id"]) == webhook["secret"]
    await purge.SecretUpkeep(EncryptedSecrets([*SECRET_KEYS, NEW_KEY]))(container.database(), clock())


async def test_a_secret_whose_key_is_gone_is_told_in_the_log_of_deliveries(
    quiet: Api, deliverer: Deliverer, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook = await add_webhook(quiet, receiver.url)
    await quiet.add_task()
    monkeypatch.setattr(deliverer, "_secret_box", EncryptedSecrets([NEW_KEY]))
    await deliverer.catch_up()
    (delivery,) = await deliveries(quiet, webhook)
    assert (delivery["attempts"][0]["error"], receiver.connections) == ("unreadable_secret", 0)


async def test_a_webhook_whose_deliveries_wait_leaves_its_events_in_the_log(
    quiet: Api, deliverer: Deliverer, receiver: Receiver, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskhub.webhooks.infrastructure.turns.MAX_PENDING", 3)
    receiver.answer = answering(500)
    webhook = await add_webhook(quiet, receiver.url)
    tasks = [await quiet.add_task() for _ in range(7)]
    await deliverer.catch_up()
    assert len(await deliveries(quiet, webhook)) == 3
    receiver.answer = no_content

    async def all_came() -> bool:
        clock.move_to(clock() + DELAYS[0])
        await deliverer.catch_up()
        return {one.message["data"]["entity_id"] for one in receiver.received} == {task["id"] for task in tasks}

    await eventually(all_came)
    assert datetime.fromisoformat((await deliveries(quiet, webhook))[0]["created_at"]) <= clock()
