"""However large events are, only some megabytes of them are in memory: pages, streams and what is kept for streams are cut."""

import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from support.harness.api import Api, ok
from support.harness.event_stream import event_stream
from support.harness.waiting import eventually
from taskhub.activity.application import stream_changes
from taskhub.app import TaskHub
from taskhub.kernel.infrastructure.event_log import log_follower, log_reader

LETTERS = 4_000
PAGE = 20_000
TEXTS = {
    "packed by the database": "x" * LETTERS,
    "not to be packed": "".join(random.Random(1).choices("abcdefghijklmnop", k=LETTERS)),
}


async def now(api: Api) -> str:
    return str(ok(await api.get("changes", **{"from": "now"}))["next_cursor"])


async def walk(api: Api, cursor: str, **parameters: Any) -> list[list[Any]]:
    """The items of all pages."""
    pages: list[list[Any]] = []
    has_more = True
    while has_more:
        page = ok(await api.get("changes", cursor=cursor, **parameters))
        pages.append(page["items"])
        cursor, has_more = page["next_cursor"], page["has_more"]
    return pages


async def until(condition: Callable[[], bool]) -> None:
    async def holds() -> bool:
        return condition()

    await eventually(holds)


@pytest.mark.parametrize("parameters", [{}, {"type": "task.created"}], ids=["all", "filtered"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_a_page_of_large_events_has_fewer_of_them(
    ada: Api, text: str, parameters: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = await now(ada)
    for _ in range(8):
        await ada.add_task(description=text)
    (everything,) = await walk(ada, cursor, **parameters)
    monkeypatch.setattr(log_reader, "PAGE_BYTES", PAGE)
    pages = await walk(ada, cursor, limit=1000, **parameters)
    assert [change for page in pages for change in page] == everything
    assert [len(page) for page in pages] == [3, 3, 2]  # Each event has the text twice, and some more.


async def test_an_event_that_is_larger_than_a_page_has_one_of_its_own(ada: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    cursor = await now(ada)
    for _ in range(3):
        await ada.add_task()
    monkeypatch.setattr(log_reader, "PAGE_BYTES", 1)
    assert [len(page) for page in await walk(ada, cursor)] == [1, 1, 1]


@pytest.mark.parametrize("limit", range(1, 9))
async def test_a_page_of_several_statements_is_like_one_of_one(ada: Api, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cursor = await now(ada)
    for _ in range(7):
        await ada.add_task()
    monkeypatch.setattr(log_reader, "EVENTS_PER_STATEMENT", 2)
    for parameters in ({}, {"type": "task.created"}):
        pages = await walk(ada, cursor, limit=limit, **parameters)
        assert [len(page) for page in pages] == [len(range(7)[at : at + limit]) for at in range(0, 7, limit)]
        seqs = [change["seq"] for page in pages for change in page]
        assert seqs == [*range(seqs[0], seqs[0] + 7)]


async def test_a_stream_sends_large_events_one_after_the_other(app: TaskHub, ada: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_changes, "BATCH_BYTES", PAGE)
    cursor = await now(ada)
    for _ in range(8):
        await ada.add_task(description="x" * LETTERS)
    async with event_stream(app, ada, cursor=cursor) as stream:
        await until(lambda: len(stream.events) == 8)
        stream.is_reading.clear()
        await ada.add_task()
        await until(lambda: stream.is_waited_for)
        cursor = await now(ada)
        for _ in range(8):
            await ada.add_task(description="x" * LETTERS)
        async with event_stream(app, ada, cursor=cursor) as other:
            await until(lambda: len(other.events) == 8)  # So they are known to the follower.
        stream.is_reading.set()
        await until(lambda: len(stream.events) == 17)
    assert max(stream.pieces) < 2 * PAGE


async def test_a_reader_who_finds_large_events_no_more_reads_the_log(
    app: TaskHub, ada: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_follower, "KEPT_BYTES", 1)
    cursor = await now(ada)
    async with event_stream(app, ada, cursor=cursor) as stream:
        await ada.add_task()
        await stream.next()
        stream.is_reading.clear()
        await ada.add_task()
        await until(lambda: stream.is_waited_for)
        created = [await ada.add_task() for _ in range(5)]
        async with event_stream(app, ada, cursor=cursor) as other:
            await until(lambda: len(other.events) == 7)
        stream.is_reading.set()
        await until(lambda: len(stream.events) == 7)
    assert [event.data["snapshot"] for event in stream.events[2:]] == created


async def test_what_is_kept_for_streams_is_bounded(app: TaskHub, ada: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_follower, "KEPT_BYTES", 2 * (PAGE + log_follower.EVENT_BYTES))
    follower, log = app.state.container.modules["activity"].follower(), app.state.container.modules["activity"].log()
    workspace_id = UUID(ada.workspace["id"])
    with follower.follow(workspace_id) as followed:
        await until(lambda: followed.is_known)
        began = followed.end
        for _ in range(8):
            await ada.add_task(description="x" * LETTERS)
        end = await log.last_seq(workspace_id)
        await until(lambda: followed.end == end)
        assert followed.after(began) is None
        assert [one.event.seq for one in followed.after(end - 2)] == [end - 1, end]
        assert followed.after(end - 3) is None
