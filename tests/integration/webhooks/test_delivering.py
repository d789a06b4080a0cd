"""Webhooks are sent the changes of their workspace: signed, at least once, and again until they are taken."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from standardwebhooks import Webhook

from integration.webhooks.conftest import add_webhook, deliveries, signed_up
from support.harness.api import Api, ok
from support.harness.problems import problem
from support.harness.waiting import eventually
from support.harness.webhook_receiver import Received, Receiver, answering, no_content, receiving
from taskhub.app import TaskHub
from taskhub.kernel.application.commands import Context
from taskhub.testing.control.clock import MovableClock
from taskhub.webhooks.domain.delivery import DELAYS, MAX_AT_ONCE
from taskhub.webhooks.domain.signing import signature_headers
from taskhub.webhooks.infrastructure import deliverer
from taskhub.workspaces.application.restore_workspace import RestoreWorkspace

pytestmark = pytest.mark.usefixtures("hooks_app")


def verified(received: Received, secret: str, clock: MovableClock) -> Any:
    """What the package `standardwebhooks` makes of it: it checks the signature, and takes its own time for the present."""
    at = datetime.fromtimestamp(int(received.headers["webhook-timestamp"]), clock().tzinfo)
    assert abs(at - clock()) < timedelta(minutes=1)
    return Webhook(secret).verify(received.body, received.headers)


async def are_finished(api: Api, webhook: Any, count: int) -> Any:
    async def all_are() -> bool:
        found = await deliveries(api, webhook)
        return len(found) == count and all(one["status"] != "pending" for one in found)

    await eventually(all_are)
    return await deliveries(api, webhook)


async def tried(api: Api, webhook: Any, attempts: int) -> Any:
    """The only delivery, once it was tried so often."""

    async def was() -> bool:
        found = await deliveries(api, webhook)
        return bool(found) and len(found[0]["attempts"]) >= attempts

    await eventually(was)
    (delivery,) = await deliveries(api, webhook)
    return delivery


async def test_a_change_is_sent_as_the_feed_shows_it(ada: Api, receiver: Receiver, clock: MovableClock) -> None:
    webhook = await add_webhook(ada, receiver.url)
    task = await ada.add_task()
    (received,) = await receiver.has(1)
    change = ok(await ada.get("changes", type="task.created"))["items"][0]
    assert received.line == "POST /hook HTTP/1.1"
    assert verified(received, webhook["secret"], clock) == {
        "type": "task.created",
        "timestamp": change["occurred_at"],
        "data": change,
    }
    assert (received.id, change["snapshot"]) == (change["id"], task)
    assert received.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert received.headers["content-type"] == "application/json"


async def test_only_the_types_that_are_wanted_are_sent_and_all_where_none_is_named(ada: Api, receiver: Receiver) -> None:
    await add_webhook(ada, receiver.url, "task.updated")
    await add_webhook(ada, receiver.url.replace("/hook", "/all"), types=[])
    task = await ada.add_task()
    await ada.patch(f"tasks/{task['id']}", {"title": "Oil it"})
    await receiver.has(4)
    assert [one.message["type"] for one in receiver.at("/hook")] == ["task.updated"]
    assert {one.message["type"] for one in receiver.at("/all")} == {"webhook.created", "task.created", "task.updated"}


async def test_the_log_of_deliveries_tells_what_came_of_each_try(ada: Api, receiver: Receiver, clock: MovableClock) -> None:
    receiver.answer = answering(500, b"out of oil" + b"." * 3000)
    webhook = await add_webhook(ada, receiver.url)
    await ada.add_task()
    delivery = await tried(ada, webhook, 1)
    (attempt,) = delivery["attempts"]
    assert (delivery["status"], attempt["status"], attempt["error"]) == ("pending", 500, None)
    assert (attempt["response"][:10], len(attempt["response"])) == ("out of oil", 1024)
    assert attempt["duration_ms"] >= 0
    assert delivery["next_attempt_at"] > attempt["at"]
    assert (await deliveries(ada, webhook, status="pending"), await deliveries(ada, webhook, status="failed")) == ([delivery], [])
    receiver.answer = no_content
    clock.move_to(clock() + DELAYS[0])
    (delivery,) = await are_finished(ada, webhook, 1)
    assert (delivery["status"], [one["status"] for one in delivery["attempts"]]) == ("succeeded", [500, 204])
    assert (delivery["next_attempt_at"], delivery["finished_at"] is not None) == (None, True)
    assert ok(await ada.get(f"webhooks/{webhook['id']}/deliveries/{delivery['id']}")) == delivery


async def test_tries_come_after_the_times_that_are_promised_under_one_id_with_one_body(
    ada: Api, receiver: Receiver, clock: MovableClock
) -> None:
    receiver.answer = answering(503)
    webhook = await add_webhook(ada, receiver.url)
    await ada.add_task()
    await tried(ada, webhook, 1)
    for number, delay in enumerate(DELAYS[:-1], start=1):
        delivery = await tried(ada, webhook, number)
        next_at = datetime.fromisoformat(delivery["next_attempt_at"])
        assert next_at == clock() + delay
        clock.move_to(next_at - timedelta(seconds=1))
        await hooks_settled(ada)
        assert len(receiver.received) == number
        clock.move_to(next_at)
        await receiver.has(number + 1)
    assert len({(one.id, one.body) for one in receiver.received}) == 1
    assert len({one.headers["webhook-timestamp"] for one in receiver.received}) == len(receiver.received)


async def test_three_days_without_a_success_switch_it_off_and_the_log_says_so(
    ada: Api, receiver: Receiver, clock: MovableClock
) -> None:
    receiver.answer = answering(500)
    webhook = await add_webhook(ada, receiver.url)
    await ada.add_task()
    for number in range(1, len(DELAYS) + 2):
        delivery = await tried(ada, webhook, number)
        if delivery["next_attempt_at"] is not None:
            clock.move_to(datetime.fromisoformat(delivery["next_attempt_at"]))

    async def is_off() -> bool:
        return not ok(await ada.get(f"webhooks/{webhook['id']}"))["active"]

    await eventually(is_off)
    assert (await deliveries(ada, webhook))[0]["status"] == "failed"
    assert ok(await ada.get(f"webhooks/{webhook['id']}"))["disabled_reason"] == "failing"
    (change,) = ok(await ada.get("changes", type="webhook.disabled"))["items"]
    assert (change["actor_id"], change["entity_id"]) == (None, webhook["id"])
    assert change["changes"] == {"active": [True, False], "disabled_reason": [None, "failing"]}


async def test_a_success_in_between_keeps_it_on(ada: Api, receiver: Receiver, clock: MovableClock) -> None:
    webhook = await add_webhook(ada, receiver.url)
    receiver.answer = answering(500)
    await ada.add_task()
    await tried(ada, webhook, 1)
    clock.move_to(clock() + timedelta(days=2))
    await tried(ada, webhook, 2)
    receiver.answer = no_content
    clock.move_to(clock() + timedelta(days=2))
    await are_finished(ada, webhook, 1)
    receiver.answer = answering(500)
    await ada.add_task()
    await receiver.has(4)
    await eventually(lambda: _has_failed_once(ada, webhook))
    assert ok(await ada.get(f"webhooks/{webhook['id']}"))["active"]


async def _has_failed_once(api: Api, webhook: Any) -> bool:
    return bool((await deliveries(api, webhook))[0]["attempts"])


async def test_410_switches_it_off_at_once(ada: Api, receiver: Receiver) -> None:
    receiver.answer = answering(410)
    webhook = await add_webhook(ada, receiver.url)
    await ada.add_task()

    async def is_off() -> bool:
        return not ok(await ada.get(f"webhooks/{webhook['id']}"))["active"]

    await eventually(is_off)
    assert ok(await ada.get(f"webhooks/{webhook['id']}"))["disabled_reason"] == "gone"
    await ada.add_task()
    assert len(await deliveries(ada, webhook)) == 1
    for action in ("test", "replay"):
        body = {"from": "2026-01-01T00:00:00Z"} if action == "replay" else None
        problem(await ada.post(f"webhooks/{webhook['id']}/{action}", body), 409, "webhook_inactive")
    receiver.answer = no_content
    ok(await ada.patch(f"webhooks/{webhook['id']}", {"active": True}))
    last = await ada.add_task()
    await receiver.has(2)
    assert receiver.received[-1].message["data"]["entity_id"] == last["id"]


async def test_retry_after_is_honoured_for_all_that_waits(ada: Api, receiver: Receiver, clock: MovableClock) -> None:
    receiver.answer = answering(429, b"", "Retry-After: 3600")
    webhook = await add_webhook(ada, receiver.url)
    await ada.add_task()
    delivery = await tried(ada, webhook, 1)
    asked_for = datetime.fromisoformat(delivery["next_attempt_at"])
    assert asked_for - clock() == timedelta(hours=1)
    receiver.answer = no_content
    await ada.add_task()
    await eventually(lambda: _are(ada, webhook, 2))
    clock.move_to(asked_for - timedelta(minutes=1))
    await hooks_settled(ada)
    assert len(receiver.received) == 1
    clock.move_to(asked_for)
    await are_finished(ada, webhook, 2)


async def _are(api: Api, webhook: Any, count: int) -> bool:
    return len(await deliveries(api, webhook)) == count


async def hooks_settled(api: Api) -> None:
    """A look at all webhooks, by whoever runs them."""
    transport: Any = api.client._transport
    app: TaskHub = transport.app.app
    await app.state.container.modules["webhooks"].deliverer().catch_up()


async def test_both_secrets_sign_for_a_day_after_a_rotation(ada: Api, receiver: Receiver, clock: MovableClock) -> None:
    webhook = await add_webhook(ada, receiver.url)
    rotated = ok(await ada.post(f"webhooks/{webhook['id']}/rotate_secret"))
    assert rotated["secret"] != webhook["secret"]
    assert rotated["version"] == 2
    await ada.add_task()
    (received,) = await receiver.has(1)
    for secret in (webhook["secret"], rotated["secret"]):
        assert verified(received, secret, clock)["type"] == "task.created"
    clock.move_to(clock() + timedelta(hours=1))
    last = ok(await ada.post(f"webhooks/{webhook['id']}/rotate_secret"))
    clock.move_to(datetime.fromisoformat(rotated["former_secret_expires_at"]))
    await ada.add_task()
    await receiver.has(2)
    second, sent_at = receiver.received[1], int(receiver.received[1].headers["webhook-timestamp"])
    expected = signature_headers([last["secret"], rotated["secret"]], second.id, sent_at, second.body)
    assert second.headers["webhook-signature"] == expected["webhook-signature"]


async def test_a_delivery_is_sent_again_under_the_same_id_with_the_same_body(ada: Api, receiver: Receiver) -> None:
    webhook = await add_webhook(ada, receiver.url)
    await ada.add_task()
    (delivery,) = await are_finished(ada, webhook, 1)
    again = ok(await ada.post(f"webhooks/{webhook['id']}/deliveries/{delivery['id']}/redeliver"))
    assert again["id"] == delivery["id"]
    await receiver.has(2)
    assert [one.body for one in receiver.received] == [receiver.received[0].body] * 2
    assert {one.id for one in receiver.received} == {delivery["event_id"]}
    (delivery,) = await are_finished(ada, webhook, 1)
    assert len(delivery["attempts"]) == 2
    unknown = f"webhooks/{webhook['id']}/deliveries/{webhook['id']}"
    problem(await ada.get(unknown), 404, "not_found")
    problem(await ada.post(f"{unknown}/redeliver"), 404, "not_found")


async def test_former_events_are_replayed_under_their_ids(ada: Api, receiver: Receiver, clock: MovableClock) -> None:
    tasks = []
    for _ in range(3):
        clock.move_to(clock() + timedelta(minutes=1))
        tasks.append(await ada.add_task())
    webhook = await add_webhook(ada, receiver.url)
    replayed = ok(await ada.post(f"webhooks/{webhook['id']}/replay", {"from": tasks[1]["created_at"]}))
    assert replayed["version"] == 2
    await are_finished(ada, webhook, 2)
    changes = ok(await ada.get("changes", type="task.created"))["items"]
    assert {one.id for one in receiver.received} == {change["id"] for change in changes[1:]}


async def test_a_test_is_sent_with_the_last_change_of_the_webhook(ada: Api, receiver: Receiver, clock: MovableClock) -> None:
    webhook = await add_webhook(ada, receiver.url)
    delivery = ok(await ada.post(f"webhooks/{webhook['id']}/test"))
    assert (delivery["type"], delivery["seq"]) == ("webhook.test", None)
    (received,) = await receiver.has(1)
    message = verified(received, webhook["secret"], clock)
    assert (message["type"], message["data"]["entity_id"]) == ("webhook.test", webhook["id"])
    (done,) = await are_finished(ada, webhook, 1)
    assert (done["id"], done["status"], received.id) == (delivery["id"], "succeeded", delivery["event_id"])


async def test_a_retried_test_or_redelivery_is_sent_once_and_answered_as_the_first_time(ada: Api, receiver: Receiver) -> None:
    webhook = await add_webhook(ada, receiver.url)
    path = f"webhooks/{webhook['id']}"
    first, again = [await ada.post(f"{path}/test", idempotency_key="one") for _ in range(2)]
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    (delivery,) = await are_finished(ada, webhook, 1)
    once_more = f"{path}/deliveries/{delivery['id']}/redeliver"
    first, again = [await ada.post(once_more, idempotency_key="two") for _ in range(2)]
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    await receiver.has(2)
    (delivery,) = await are_finished(ada, webhook, 1)
    ok(await ada.post(once_more, idempotency_key="two"))
    await hooks_settled(ada)
    assert (len(delivery["attempts"]), len(receiver.received)) == (2, 2)


async def test_at_most_eight_are_under_way_at_once(ada: Api, receiver: Receiver, patient: None) -> None:
    free = asyncio.Event()

    async def wait(received: Received, writer: asyncio.StreamWriter) -> None:
        await free.wait()
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    webhook = await add_webhook(ada, receiver.url)
    await ada.add_task()
    await are_finished(ada, webhook, 1)
    receiver.answer = wait
    for _ in range(20):
        await ada.add_task()
    await receiver.has(1 + MAX_AT_ONCE)
    await asyncio.wait([asyncio.ensure_future(hooks_settled(ada))], timeout=0.2)
    assert receiver.under_way == MAX_AT_ONCE
    free.set()
    await are_finished(ada, webhook, 21)
    assert receiver.most_under_way == MAX_AT_ONCE


async def test_one_try_at_a_time_is_made_of_a_receiver_that_has_not_taken_anything_yet(ada: Api, receiver: Receiver) -> None:
    free = asyncio.Event()

    async def wait(received: Received, writer: asyncio.StreamWriter) -> None:
        await free.wait()
        await no_content(received, writer)

    receiver.answer = wait
    webhook = await add_webhook(ada, receiver.url)
    for _ in range(20):
        await ada.add_task()
    await receiver.has(1)
    await asyncio.wait([asyncio.ensure_future(hooks_settled(ada))], timeout=0.2)
    assert receiver.most_under_way == 1
    free.set()
    await are_finished(ada, webhook, 20)
    assert len({one.id for one in receiver.received}) == 20


async def test_a_receiver_that_hangs_delays_no_other(ada: Api, receiver: Receiver) -> None:
    async with receiving() as hanging:
        hangs = asyncio.Event()

        async def hang(received: Received, writer: asyncio.StreamWriter) -> None:
            await hangs.wait()

        hanging.answer = hang
        await add_webhook(ada, hanging.url)
        await add_webhook(ada, receiver.url)
        for count in range(1, 21):
            await ada.add_task()
            await receiver.has(count)
        assert hanging.under_way > 0
        hangs.set()


PLACES, OF_WORKSPACE = 4, 2


@pytest.fixture
def few_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliverer, "MAX_TURNS", PLACES)
    monkeypatch.setattr(deliverer, "MAX_TURNS_OF_WORKSPACE", OF_WORKSPACE)


async def test_many_that_hang_hold_no_other_up(ada: Api, hooks_app: TaskHub, receiver: Receiver, few_places: None) -> None:
    """More than there are places, in several workspaces: one that is known to be good does not notice."""
    async with receiving() as hanging, AsyncExitStack() as stack:
        hangs = asyncio.Event()

        async def hang(received: Received, writer: asyncio.StreamWriter) -> None:
            await hangs.wait()

        hanging.answer = hang
        await add_webhook(ada, receiver.url)
        await ada.add_task()
        await receiver.has(1)
        others = [await signed_up(await stack.enter_async_context(Api.on(hooks_app))) for _ in range(3)]
        for api in others:
            for _ in range(OF_WORKSPACE):
                await add_webhook(api, hanging.url)
            await api.add_task()
        await hanging.has(PLACES)
        await ada.add_task()
        await receiver.has(2)
        tries = [await deliveries(api, webhook) for api in others for webhook in ok(await api.get("webhooks"))["items"]]
        assert not any(delivery["attempts"] for of_webhook in tries for delivery in of_webhook)
        hangs.set()


async def test_those_of_one_workspace_take_no_more_than_their_share_of_the_places(ada: Api, few_places: None) -> None:
    async with receiving() as hanging:
        hangs = asyncio.Event()

        async def hang(received: Received, writer: asyncio.StreamWriter) -> None:
            await hangs.wait()

        hanging.answer = hang
        for _ in range(OF_WORKSPACE + 5):
            await add_webhook(ada, hanging.url)
        await ada.add_task()
        await hanging.has(OF_WORKSPACE)
        await asyncio.wait([asyncio.ensure_future(hooks_settled(ada))], timeout=0.2)
        assert hanging.under_way == OF_WORKSPACE
        hangs.set()


async def test_nothing_is_delivered_of_a_deleted_workspace_until_it_is_restored(
    ada: Api, hooks_app: TaskHub, receiver: Receiver, clock: MovableClock
) -> None:
    receiver.answer = answering(500)
    webhook = await add_webhook(ada, receiver.url)
    await ada.add_task()
    await tried(ada, webhook, 1)
    receiver.answer = no_content
    assert (await ada.delete(f"/v1/workspaces/{ada.workspace['id']}")).status_code == 204
    subscriptions = hooks_app.state.background.subscriptions
    for subscription in subscriptions:
        await subscription.catch_up()
    clock.move_to(clock() + DELAYS[0])
    await asyncio.wait([asyncio.ensure_future(hooks_settled(ada))], timeout=0.2)
    assert len(receiver.received) == 1
    await (
        hooks_app.state.container.modules["workspaces"]
        .restore_workspace()
        .perform(RestoreWorkspace(UUID(ada.workspace["id"])), Context())
    )
    for subscription in subscriptions:
        await subscription.catch_up()
    await receiver.has(2)


async def test_another_url_is_another_receiver(ada: Api, receiver: Receiver, clock: MovableClock) -> None:
    """It is not held because the former one wanted to be left alone, and has not failed yet."""
    async with receiving() as former:
        former.answer = answering(429, b"", "retry-after: 86400")
        webhook = await add_webhook(ada, former.url)
        await ada.add_task()
        await tried(ada, webhook, 1)
        ok(await ada.patch(f"webhooks/{webhook['id']}", {"url": receiver.url}))
        await ada.add_task()
        await receiver.has(1)


async def test_one_that_was_off_is_not_sent_what_waited_before(ada: Api, receiver: Receiver, clock: MovableClock) -> None:
    receiver.answer = answering(500)
    webhook = await add_webhook(ada, receiver.url)
    await ada.add_task()
    await tried(ada, webhook, 1)
    receiver.answer = no_content
    for active in (False, True):
        ok(await ada.patch(f"webhooks/{webhook['id']}", {"active": active}))
    clock.move_to(clock() + timedelta(hours=1))
    later = await ada.add_task()
    received = await receiver.has(2)
    assert [one.message["data"]["entity_id"] for one in received[1:]] == [later["id"]]
    assert [one["status"] for one in await are_finished(ada, webhook, 2)] == ["succeeded", "failed"]


async def test_as_many_tests_wait_as_deliveries_may(ada: Api, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taskhub.webhooks.infrastructure.queues.MAX_PENDING", 2)
    receiver.answer = answering(500)
    webhook = await add_webhook(ada, receiver.url)
    for _ in range(2):
        ok(await ada.post(f"webhooks/{webhook['id']}/test"))
    problem(await ada.post(f"webhooks/{webhook['id']}/test"), 409, "too_many_deliveries")


async def test_a_replay_of_what_is_not_there_is_not_found_whatever_it_says(ada: Api) -> None:
    problem(await ada.post(f"webhooks/{uuid4()}/replay", {"from": "2020-01-01T00:00:00Z"}), 404, "not_found")


async def test_a_deleted_webhook_is_sent_nothing_more(ada: Api, receiver: Receiver, clock: MovableClock) -> None:
    receiver.answer = answering(500)
    webhook = await add_webhook(ada, receiver.url)
    await ada.add_task()
    await tried(ada, webhook, 1)
    assert (await ada.delete(f"webhooks/{webhook['id']}")).status_code == 204
    clock.move_to(clock() + timedelta(hours=1))
    await hooks_settled(ada)
    assert len(receiver.received) == 1
    problem(await ada.get(f"webhooks/{webhook['id']}/deliveries"), 404, "not_found")
