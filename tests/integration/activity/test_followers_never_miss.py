"""Followers of the feed and of the stream, while many clients write at once through several processes' worth of connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from random import Random
from typing import Any

import pytest

from integration.activity.copies import Copy
from integration.conftest import make_container
from support.harness.api import Api, ok
from support.harness.concurrency.clients import ClientGroup, Request
from support.harness.event_stream import event_stream
from taskhub.app import TaskHub

SECONDS = 8.0
WRITERS = 16
TASKS = 20


@pytest.fixture
async def group(database_url: str) -> AsyncIterator[ClientGroup]:
    async with ClientGroup.on([make_container(database_url) for _ in range(4)], WRITERS) as group:
        await group.leader.open_workspace()
        await group.leader.open_project()
        group.follow()
        yield group


async def follow_feed(api: Api, random: Random, copy: Copy, written: asyncio.Event) -> None:
    """Reads pages of any size, waits for any time, and ends once it has come to the end of what was written."""
    cursor: dict[str, str] = {}
    while True:
        was_written = written.is_set()
        page = ok(await api.get("changes", limit=random.randint(1, 300), wait=random.choice([0, 1]), **cursor))
        for change in page["items"]:
            copy.take(change)
        cursor = {"cursor": page["next_cursor"]}
        if was_written and not page["has_more"] and not page["items"]:
            return


async def follow_stream(app: TaskHub, api: Api, random: Random, copy: Copy) -> None:
    """Drops the connection after any number of events and goes on after the last one, until it has the last of all."""
    id: str | None = None
    while not copy.has_all:
        async with event_stream(app, api, **({"last_event_id": id} if id else {})) as stream:
            for _ in range(random.randint(1, 200)):
                if copy.has_all:
                    break
                try:
                    event = await stream.next(2.0)
                except (TimeoutError, IndexError):  # Nothing came, or it had fallen behind.
                    break
                copy.take(event.data)
                id = event.id


async def test_copies_end_as_what_the_service_answers(group: ClientGroup, app: TaskHub) -> None:
    tasks = [(await group.leader.add_task())["id"] for _ in range(TASKS)]
    feed, stream = Copy(), Copy()
    written = asyncio.Event()

    async def write(api: Api, random: Random) -> None:
        id = random.choice(tasks)
        requests = [
            Request("PATCH", f"tasks/{id}", {"title": f"{random.random()}"}),
            Request("POST", f"tasks/{id}/comments", {"body": f"{random.random()}"}),
            Request("POST", "tasks", {"project_id": api.project["id"], "title": "One more", "parent_id": id}),
            Request("POST", f"tasks/{random.choice(tasks)}/move", {"after": random.choice([t for t in tasks if t != id])}),
        ]
        await group.send(api, random.choice(requests))

    async with AsyncExitStack() as stack:
        reader = await stack.enter_async_context(Api.on(app))
        reader.client.headers["authorization"] = group.leader.client.headers["authorization"]
        reader.workspace = group.leader.workspace
        async with asyncio.timeout(120), asyncio.TaskGroup() as following:
            following.create_task(follow_feed(reader, Random(1), feed, written))
            following.create_task(follow_stream(app, reader, Random(2), stream))
            await group.act(SECONDS, write)
            stream.last = (await _all_changes(group.leader))[-1]["seq"]
            written.set()
        answered = await _all_tasks(reader)

    assert len(feed.seqs) > 2 * TASKS  # Much more, unless the machine is very slow.
    for copy in (feed, stream):
        assert copy.seqs == [*range(1, copy.seqs[-1] + 1)]
        assert {id: copy.things[id] for id in answered} == answered
    assert feed.seqs == stream.seqs


async def _all_changes(api: Api) -> list[Any]:
    changes: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = ok(await api.get("changes", limit=1000, **cursor))
        changes += page["items"]
        if not page["has_more"]:
            return changes
        cursor = {"cursor": page["next_cursor"]}


async def _all_tasks(api: Api) -> dict[str, Any]:
    tasks: dict[str, Any] = {}
    cursor: dict[str, str] = {}
    while True:
        page = ok(await api.get("tasks", limit=200, **cursor))
        tasks |= {task["id"]: task for task in page["items"]}
        if page["next_cursor"] is None:
            return tasks
        cursor = {"cursor": page["next_cursor"]}
