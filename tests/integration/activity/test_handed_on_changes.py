"""A commit hands on what it has appended to the streams of its own process: the same as what is read from the log."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import pytest

from integration.activity.test_undo import COMMANDS, World
from support.harness.api import Api, ok
from support.harness.event_stream import EventStream, event_stream
from support.harness.undoing import last_seq, undo
from taskhub.app import TaskHub


@pytest.fixture
async def stream(app: TaskHub, ada: Api) -> AsyncIterator[EventStream]:
    """From now on. Its log's end is known: what comes can be handed on."""
    cursor = ok(await ada.get("changes", **{"from": "now"}))["next_cursor"]
    async with event_stream(app, ada, cursor=cursor) as stream:
        ok(await ada.post("labels", {"name": "The first one"}))
        await stream.next()
        yield stream


async def read_after(api: Api, seq: int) -> Any:
    changes = ok(await api.get("changes", limit=1000))["items"]
    return [change for change in changes if change["seq"] > seq]


@pytest.mark.parametrize("name", COMMANDS)
async def test_it_is_what_is_read_whatever_the_command(app: TaskHub, ada: Api, name: str) -> None:
    world = World(ada)
    await world.build()
    cursor, before = ok(await ada.get("changes", **{"from": "now"}))["next_cursor"], await last_seq(ada)
    async with event_stream(app, ada, cursor=cursor) as stream:
        ok(await ada.post("labels", {"name": "The first one"}))
        await stream.next()
        await COMMANDS[name](world, ada)
        await undo(ada, await last_seq(ada))
        read = (await read_after(ada, before))[1:]
        assert [(await stream.next()).data for _ in read] == read


async def test_nobody_reads_it(app: TaskHub, ada: Api, stream: EventStream) -> None:
    follower = app.state.container.modules["activity"].follower()
    last_seqs, goes_on = follower._reader.last_seqs, asyncio.Event()

    async def held(stream_ids: Sequence[UUID]) -> dict[UUID, int]:
        await goes_on.wait()
        found: dict[UUID, int] = await last_seqs(stream_ids)
        return found

    follower._reader.last_seqs = held
    try:
        task = await ada.add_task()
        assert (await stream.next()).data["snapshot"] == task
    finally:
        goes_on.set()
        del follower._reader.last_seqs


async def test_what_another_process_has_appended_before_it_comes_first(ada: Api, elsewhere: Api, stream: EventStream) -> None:
    before = await last_seq(ada)
    for _ in range(5):
        await elsewhere.add_task()
        await ada.add_task()
    read = await read_after(ada, before)
    assert len(read) == 10
    assert [(await stream.next()).data for _ in read] == read
