"""Several processes deliver, and any of them may stop or be killed: each change arrives, under one id."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest

from integration.conftest import SECRET_KEYS
from integration.webhooks.conftest import add_webhook, clocked_container, deliveries, signed_up
from support.harness import webhook_process
from support.harness.api import Api, ok
from support.harness.waiting import PATIENCE_SECONDS, PROGRAM_SECONDS, eventually
from support.harness.webhook_receiver import Received, Receiver, answering, no_content
from taskhub.app import TaskHub
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.testing.control.clock import MovableClock
from taskhub.webhooks.domain.delivery import DELAYS, LEASE, MAX_AT_ONCE, Outcome
from taskhub.webhooks.infrastructure.delivery_views import deliveries as delivery_table
from taskhub.webhooks.infrastructure.queues import WORKSPACE_ID
from taskhub.webhooks.infrastructure.turns import Claims, Turns, WebhookKey

KILLS, CHANGES = int(os.environ.get("WEBHOOK_KILLS", "8")), int(os.environ.get("WEBHOOK_CHANGES", "160"))
"""With 200 and 20000 it takes half an hour."""
_CLAIMS = Statement(
    delivery_table.select().where(delivery_table.c.workspace_id == WORKSPACE_ID, delivery_table.c.claimed_until.is_not(None))
)


@pytest.fixture
async def quiet(hooks_url: str, clock: MovableClock) -> AsyncIterator[Api]:
    """A client of an application that does not deliver anything itself."""
    container = clocked_container(hooks_url, clock)
    async with container.database().opened(), Api.on(TaskHub(container)) as api:
        yield await signed_up(api)


@asynccontextmanager
async def delivering(url: str, clock: MovableClock) -> AsyncIterator[TaskHub]:
    """One more application that delivers, for as long as the block lasts."""
    app = TaskHub(clocked_container(url, clock))
    async with app.router.lifespan_context(app):
        yield app


async def succeeded(api: Api, webhook: Any, count: int) -> None:
    async def all_have() -> bool:
        return len(await deliveries(api, webhook, status="succeeded", limit=200)) == count

    await eventually(all_have)


async def test_processes_share_the_work_and_do_nothing_twice(
    quiet: Api, hooks_url: str, clock: MovableClock, receiver: Receiver
) -> None:
    async def take_a_moment(received: Received, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.01)
        await no_content(received, writer)

    receiver.answer = take_a_moment
    webhook = await add_webhook(quiet, receiver.url)
    async with delivering(hooks_url, clock), delivering(hooks_url, clock), delivering(hooks_url, clock):
        tasks = [await quiet.add_task() for _ in range(60)]
        await succeeded(quiet, webhook, len(tasks))
    assert Counter(one.message["data"]["entity_id"] for one in receiver.received) == Counter(task["id"] for task in tasks)


async def test_eight_at_once_is_the_limit_of_all_processes(
    quiet: Api, hooks_url: str, clock: MovableClock, receiver: Receiver, patient: None
) -> None:
    free = asyncio.Event()

    async def wait(received: Received, writer: asyncio.StreamWriter) -> None:
        await free.wait()
        await no_content(received, writer)

    webhook = await add_webhook(quiet, receiver.url)
    await quiet.add_task()
    other = clocked_container(hooks_url, clock)
    key = WebhookKey(UUID(quiet.workspace["id"]), UUID(webhook["id"]))
    async with delivering(hooks_url, clock), other.database().opened():
        await succeeded(quiet, webhook, 1)
        receiver.answer = wait
        for _ in range(20):
            await quiet.add_task()
        await receiver.has(1 + MAX_AT_ONCE)
        found = await other.modules["webhooks"].turns().claim(key, MAX_AT_ONCE, ())
        assert (list(found.claims), receiver.under_way) == ([], MAX_AT_ONCE)
        free.set()
        await succeeded(quiet, webhook, 21)
    assert receiver.most_under_way == MAX_AT_ONCE


async def test_a_failure_that_comes_late_leaves_the_delivery_to_who_has_claimed_it_since(
    quiet: Api, hooks_url: str, clock: MovableClock, receiver: Receiver
) -> None:
    webhook = await add_webhook(quiet, receiver.url)
    await quiet.add_task()
    key = WebhookKey(UUID(quiet.workspace["id"]), UUID(webhook["id"]))
    container = clocked_container(hooks_url, clock)
    turns = container.modules["webhooks"].turns()
    async with container.database().opened():
        [late] = (await turns.claim(key, 1, ())).claims
        clock.move_to(clock() + LEASE)
        [since] = (await turns.claim(key, 1, ())).claims
        assert since.id == late.id
        await turns.fail(late, Outcome(None, "timeout", 10_000, ""), clock())
        await turns.release(key, [late])
        assert list((await turns.claim(key, 1, ())).claims) == []
        await turns.release(key, [since])
        assert [claim.id for claim in (await turns.claim(key, 1, ())).claims] == [late.id]


async def test_a_process_claims_again_when_half_of_its_tries_are_over(
    quiet: Api, hooks_url: str, clock: MovableClock, receiver: Receiver, patient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims, goes_on = list[int](), asyncio.Semaphore(0)
    claim = Turns.claim

    async def counted(turns: Turns, key: WebhookKey, limit: int, mine: Collection[UUID]) -> Claims:
        found = await claim(turns, key, limit, mine)
        if key.webhook_id == UUID(webhook["id"]):  # The application of other tests delivers as well.
            claims.append(len(found.claims))
        return found

    async def wait(received: Received, writer: asyncio.StreamWriter) -> None:
        await goes_on.acquire()
        await no_content(received, writer)

    monkeypatch.setattr(Turns, "claim", counted)
    webhook = await add_webhook(quiet, receiver.url)
    await quiet.add_task()
    async with delivering(hooks_url, clock):
        await succeeded(quiet, webhook, 1)
        receiver.answer = wait
        claims.clear()
        for _ in range(2 * MAX_AT_ONCE):
            await quiet.add_task()
        await receiver.has(1 + MAX_AT_ONCE)
        for answered in range(1, MAX_AT_ONCE // 2):
            goes_on.release()
            await succeeded(quiet, webhook, 1 + answered)
        before = [*claims]
        goes_on.release()
        await receiver.has(1 + MAX_AT_ONCE + MAX_AT_ONCE // 2)
        assert sum(before) == MAX_AT_ONCE
        assert claims[len(before) :][:1] == [MAX_AT_ONCE // 2]
        for _ in range(2 * MAX_AT_ONCE):
            goes_on.release()
        await succeeded(quiet, webhook, 1 + 2 * MAX_AT_ONCE)


async def test_a_retry_survives_a_restart(quiet: Api, hooks_url: str, clock: MovableClock, receiver: Receiver) -> None:
    receiver.answer = answering(500)
    webhook = await add_webhook(quiet, receiver.url)
    await quiet.add_task()
    async with delivering(hooks_url, clock):
        await receiver.has(1)
        await eventually(lambda: _was_tried(quiet, webhook))
    receiver.answer = no_content
    clock.move_to(clock() + DELAYS[0])
    async with delivering(hooks_url, clock):
        await succeeded(quiet, webhook, 1)
    assert len({(one.id, one.body) for one in receiver.received}) == 1


async def _was_tried(api: Api, webhook: Any) -> bool:
    found = await deliveries(api, webhook)
    return bool(found and found[0]["attempts"])


async def test_what_is_under_way_when_a_process_stops_is_taken_over_at_once(
    quiet: Api, hooks_url: str, clock: MovableClock, receiver: Receiver
) -> None:
    async def hang(received: Received, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    receiver.answer = hang
    webhook = await add_webhook(quiet, receiver.url)
    await quiet.add_task()
    async with delivering(hooks_url, clock) as app:
        await receiver.has(1)
        database: Database = app.state.container.database()
        assert await database.fetch(_CLAIMS, {"workspace_id": quiet.workspace["id"]})
    container: Any = quiet.client._transport
    assert await container.app.app.state.container.database().fetch(_CLAIMS, {"workspace_id": quiet.workspace["id"]}) == []
    receiver.answer = no_content
    async with delivering(hooks_url, clock):
        await succeeded(quiet, webhook, 1)


async def test_whatever_is_killed_each_change_arrives_under_one_id(quiet: Api, hooks_url: str, receiver: Receiver) -> None:
    random = Random(12)

    async def start() -> asyncio.subprocess.Process:
        program = Path(webhook_process.__file__)
        return await asyncio.create_subprocess_exec(sys.executable, str(program), hooks_url, SECRET_KEYS[0].decode())

    async def kill(process: asyncio.subprocess.Process) -> None:
        process.send_signal(signal.SIGKILL)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await process.wait()

    await add_webhook(quiet, receiver.url)
    async with AsyncExitStack() as stack, asyncio.timeout(KILLS * PROGRAM_SECONDS):
        processes = [await start(), await start()]
        stack.push_async_callback(lambda: asyncio.gather(*(kill(process) for process in processes)))
        for _ in range(KILLS):
            for _ in range(CHANGES // KILLS):
                await quiet.add_task()
            await eventually(partial(_more_than, receiver, len(receiver.received)))
            index = random.randrange(2)
            await kill(processes[index])
            processes[index] = await start()
        wanted = await _ids_of_new_tasks(quiet)
        while {one.id for one in receiver.received} != wanted:
            await asyncio.sleep(0.05)
    assert len(wanted) == CHANGES
    assert len({(one.id, one.body) for one in receiver.received}) == CHANGES


async def _more_than(receiver: Receiver, count: int) -> bool:
    return len(receiver.received) > count


async def _ids_of_new_tasks(api: Api) -> set[str]:
    """Of the events that tell of them."""
    ids, page = set[str](), ok(await api.get("changes", type="task.created", limit=1000))
    while page["items"]:
        ids |= {change["id"] for change in page["items"]}
        page = ok(await api.get("changes", type="task.created", limit=1000, cursor=page["next_cursor"]))
    return ids
