"""Followers of the feed, of the stream and of a webhook through replicas that are killed at random, while many clients write."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import pytest

from integration.activity.copies import Copy, DeliveredCopy
from integration.conftest import migrated_database
from support.harness.api import ok
from support.harness.replicas import PAUSE_SECONDS, ReplicaClient, Replicas
from support.harness.waiting import PROGRAM_SECONDS
from support.harness.webhook_receiver import Received, Receiver, no_content, receiving

REPLICAS, WRITERS = 4, 16
CHANGES, KILLS = int(os.environ.get("FOLLOWED_CHANGES", "2000")), 4
"""With FOLLOWED_CHANGES=100000 it takes some minutes, and as much more as the webhook's pace wants."""
TASKS, TRASHED, BATCH = 300, 50, 100
"""Some are trashed now and then: the others are those that are changed in batches."""
BACKLOG = 500
"""Changes that the webhook may have yet to deliver, before the writers wait for it."""
DROPPED_AFTER = 5_000


@pytest.fixture
def database_url(template_url: str) -> Iterator[str]:
    """A database of its own: on that of other tests, their application would deliver as well, without the key to the secret."""
    with migrated_database(template_url) as url:
        yield url


@pytest.mark.long
async def test_copies_end_as_what_the_service_answers(database_url: str, tmp_path: Path) -> None:
    with Replicas.on(database_url, tmp_path, REPLICAS) as replicas:
        async with AsyncExitStack() as stack:
            new_client = _Clients(replicas, stack)
            receiver = await stack.enter_async_context(receiving())
            feed, stream, webhook = Copy(), Copy(), DeliveredCopy()
            await _receive(new_client("receives"), receiver, webhook)
            tasks = await _prepared(new_client("prepares"))
            async with asyncio.timeout(PROGRAM_SECONDS) as patience, asyncio.TaskGroup() as following:
                following.create_task(_be_patient(patience, feed, stream, webhook))
                following.create_task(_follow_feed(new_client("feed"), Random(1), feed))
                following.create_task(_follow_stream(new_client("stream"), Random(2), stream))
                async with asyncio.TaskGroup() as working:
                    killing = working.create_task(replicas.kill_at_random(Random(3)))

                    def is_enough() -> bool:
                        return len(feed.seqs) >= CHANGES and replicas.kills >= KILLS

                    def is_far_ahead() -> bool:
                        return len(feed.seqs) - len(webhook.bodies) > BACKLOG

                    work = partial(_write, tasks=tasks, is_enough=is_enough, is_far_ahead=is_far_ahead)
                    writers = [working.create_task(work(new_client(f"{n}"), Random(n))) for n in range(WRITERS)]
                    await asyncio.wait(writers)
                    killing.cancel()
                following.create_task(_wait_for(webhook))
                feed.last = stream.last = webhook.last = await _last_seq(new_client("looks"))
            answered = await _all_things(new_client("compares"))

    for copy in (feed, stream):
        assert copy.seqs == [*range(1, copy.seqs[-1] + 1)]
    assert {*webhook.seqs} == {*range(min(webhook.seqs), feed.seqs[-1] + 1)}
    for copy in (feed, stream, webhook):
        assert copy.living("project", "label", "task", "comment") == answered


class _Clients:
    """Makes callers, all of one user and in one workspace. They are closed with the stack."""

    def __init__(self, replicas: Replicas, stack: AsyncExitStack) -> None:
        self._replicas = replicas
        self._stack = stack
        served = replicas.first
        served.sign_up(f"{id(self)}@example.com")
        assert served.sign_in(f"{id(self)}@example.com")
        token = ok(served.client.post("/v1/tokens", json={"name": "Follower", "scopes": ["read", "write", "admin"]}))["token"]
        self._authorization = f"Bearer {token}"  # It outlives the quarter of an hour of a session's token.
        self._path = f"/v1/workspaces/{ok(served.client.post('/v1/workspaces', json={'name': 'Engine room'}))['id']}"

    def __call__(self, name: str) -> ReplicaClient:
        client = ReplicaClient(self._replicas, self._authorization, self._path, Random(name))
        self._stack.push_async_callback(client.close)
        return client


async def _prepared(client: ReplicaClient) -> list[str]:
    project = ok(await client.send("POST", "projects", {"key": "OPS", "name": "Operations"}))
    bodies = [{"project_id": project["id"], "title": f"Task {number}"} for number in range(TASKS)]
    answers = await asyncio.gather(*(client.send("POST", "tasks", body) for body in bodies))
    return [ok(answer)["id"] for answer in answers]


async def _be_patient(patience: asyncio.Timeout, *copies: Copy) -> None:
    """For as long as one of them goes on, however slow the machine is."""
    taken = 0
    while not all(copy.has_all for copy in copies):
        if (now := sum(len(copy.seqs) for copy in copies)) > taken:
            taken = now
            patience.reschedule(asyncio.get_running_loop().time() + PROGRAM_SECONDS)
        await asyncio.sleep(PAUSE_SECONDS)


async def _write(
    client: ReplicaClient, random: Random, tasks: list[str], is_enough: Callable[[], bool], is_far_ahead: Callable[[], bool]
) -> None:
    while not is_enough():
        if is_far_ahead():
            await asyncio.sleep(PAUSE_SECONDS)
            continue
        answer = await random.choice(WRITES)(client, random, tasks)
        assert answer.is_success or answer.status_code in {404, 409}, answer.text  # Others trash what this one changes.


async def _change_many(client: ReplicaClient, random: Random, tasks: list[str]) -> httpx2.Response:
    patch = {"description": f"{random.random()}"}
    items = [{"id": id, "patch": patch} for id in random.sample(tasks[:-TRASHED], BATCH)]
    return await client.send("POST", "tasks/bulk_update", {"items": items})


async def _change(client: ReplicaClient, random: Random, tasks: list[str]) -> httpx2.Response:
    return await client.send("PATCH", f"tasks/{random.choice(tasks)}", {"title": f"{random.random()}"})


async def _comment(client: ReplicaClient, random: Random, tasks: list[str]) -> httpx2.Response:
    return await client.send("POST", f"tasks/{random.choice(tasks)}/comments", {"body": f"{random.random()}"})


async def _move(client: ReplicaClient, random: Random, tasks: list[str]) -> httpx2.Response:
    task, other = random.sample(tasks[:-TRASHED], 2)
    return await client.send("POST", f"tasks/{task}/move", {"after": other})


async def _trash_and_restore(client: ReplicaClient, random: Random, tasks: list[str]) -> httpx2.Response:
    id = random.choice(tasks[-TRASHED:])
    trashed = await client.send("DELETE", f"tasks/{id}")
    assert trashed.status_code in {204, 404}, trashed.text
    return await client.send("POST", f"tasks/{id}/restore")


Write = Callable[[ReplicaClient, Random, list[str]], Awaitable[httpx2.Response]]
WRITES: tuple[Write, ...] = (_change_many, _change, _comment, _move, _trash_and_restore)


async def _follow_feed(client: ReplicaClient, random: Random, copy: Copy) -> None:
    cursor: dict[str, str] = {}
    while not copy.has_all:
        page = ok(await client.get("changes", limit=random.randint(1, 1000), wait=random.choice([0, 1]), **cursor))
        for change in page["items"]:
            copy.take(change)
        cursor = {"cursor": page["next_cursor"]}


async def _follow_stream(client: ReplicaClient, random: Random, copy: Copy) -> None:
    """Drops the connection after any number of events, and goes on at another replica."""
    headers: dict[str, str] = {}
    while not copy.has_all:
        with suppress(httpx2.TransportError, TimeoutError):
            async with asyncio.timeout(random.randint(1, 5)), client.stream("stream", headers) as answer:
                left = random.randint(1, DROPPED_AFTER)
                async for line in answer.aiter_lines():
                    if line.startswith("data: "):
                        change = json.loads(line.removeprefix("data: "))
                        copy.take(change)
                        headers = {"last-event-id": change["cursor"]}
                        left -= 1
                    if not left or copy.has_all:
                        break


async def _receive(client: ReplicaClient, receiver: Receiver, copy: DeliveredCopy) -> None:
    """All that happens from now on."""

    async def take(received: Received, writer: asyncio.StreamWriter) -> None:
        copy.deliver(received)
        await no_content(received, writer)

    receiver.answer = take
    ok(await client.send("POST", "webhooks", {"url": receiver.url}))


async def _wait_for(copy: Copy) -> None:
    while not copy.has_all:
        await asyncio.sleep(PAUSE_SECONDS)


async def _last_seq(client: ReplicaClient) -> int:
    """Of a change that is made for this."""
    label = ok(await client.send("POST", "labels", {"name": "The last one"}))
    (change,) = ok(await client.get("changes", entity_id=label["id"]))["items"]
    seq: int = change["seq"]
    return seq


async def _all_things(client: ReplicaClient) -> dict[str, Any]:
    """As the lists show them."""
    things = {thing["id"]: thing for path in ("projects", "labels", "tasks") async for thing in _listed(client, path)}
    for task in [thing for thing in things.values() if "number" in thing]:
        async for comment in _listed(client, f"tasks/{task['id']}/comments"):
            things[comment["id"]] = comment
    return things


async def _listed(client: ReplicaClient, path: str) -> AsyncIterator[Any]:
    after: dict[str, str] | None = {}
    while after is not None:
        page = ok(await client.get(path, limit=200, **after))
        for thing in page["items"]:
            yield thing
        after = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
