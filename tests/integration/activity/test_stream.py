"""The stream of changes: what is there, then each change as it is committed, and the ends that a stream has."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from dependency_injector import providers

from support.harness.api import Api, ok
from support.harness.event_stream import EventStream, event_stream
from support.harness.waiting import eventually
from taskhub.activity.api import stream as stream_module
from taskhub.activity.api import stream_readers
from taskhub.app import TaskHub
from taskhub.kernel.api.request import ApiRequest


async def now(api: Api) -> str:
    return str(ok(await api.get("changes", **{"from": "now"}))["next_cursor"])


async def until(condition: Callable[[], bool]) -> None:
    async def holds() -> bool:
        return condition()

    await eventually(holds)


async def test_it_begins_with_what_is_there_and_goes_on_with_what_comes(app: TaskHub, ada: Api) -> None:
    there = ok(await ada.get("changes"))["items"]
    async with event_stream(app, ada) as stream:
        assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream")
        assert [(await stream.next()).data for _ in there] == there
        task = await ada.add_task()
        event = await stream.next()
    assert event.data["snapshot"] == task
    assert event.id == event.data["cursor"]


async def test_changes_are_those_of_the_feed(app: TaskHub, ada: Api) -> None:
    cursor = await now(ada)
    async with event_stream(app, ada, cursor=cursor) as stream:
        for _ in range(3):
            await ada.add_task()
        streamed = [(await stream.next()).data for _ in range(3)]
    assert streamed == ok(await ada.get("changes", cursor=cursor))["items"]


async def test_a_reader_goes_on_after_the_last_id(app: TaskHub, ada: Api) -> None:
    async with event_stream(app, ada, cursor=await now(ada)) as stream:
        await ada.add_task()
        last = (await stream.next()).id
    task = await ada.add_task()
    async with event_stream(app, ada, last_event_id=last, cursor=await now(ada)) as stream:
        assert (await stream.next()).data["entity_id"] == task["id"]


async def test_a_filter_lets_through_what_it_wants(app: TaskHub, ada: Api) -> None:
    task = await ada.add_task()
    async with event_stream(app, ada, cursor=await now(ada), type="task.updated") as stream:
        await ada.add_task()
        await ada.patch(f"tasks/{task['id']}", {"title": "Oil it"})
        assert (await stream.next()).data["type"] == "task.updated"


async def test_many_streams_are_served_by_one_look(app: TaskHub, ada: Api, elsewhere: Api) -> None:
    """Each reads the log once, to find out that it has come to the end; after that nobody reads it but the follower."""
    container = app.state.container.modules["activity"]
    cursor = await now(ada)
    async with event_stream(app, ada, cursor=cursor) as first, event_stream(app, ada, cursor=cursor) as second:
        await ada.add_task()
        assert (await first.next()) == (await second.next())
        read = container.log().read
        reads: list[Any] = []

        async def counted(*arguments: Any) -> Any:
            reads.append(arguments)
            return await read(*arguments)

        container.log().read = counted
        try:
            await elsewhere.add_task()
            assert (await first.next()) == (await second.next())
        finally:
            del container.log().read
    assert len(reads) == 1


async def test_a_comment_tells_how_far_a_filter_has_come(app: TaskHub, ada: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "COMMENT_SECONDS", 0.05)
    monkeypatch.setattr(stream_readers, "CHECK_SECONDS", 0.05)
    async with event_stream(app, ada, cursor=await now(ada), type="task.updated") as stream:
        await ada.add_task()
        id, data = await stream.next()
    assert data is None
    assert ok(await ada.get("changes", cursor=id))["items"] == []


async def test_a_silent_stream_gets_comments(app: TaskHub, ada: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "COMMENT_SECONDS", 0.05)
    monkeypatch.setattr(stream_readers, "CHECK_SECONDS", 0.05)
    async with event_stream(app, ada, cursor=await now(ada)) as stream:
        await until(lambda: stream.comments > 3)
    assert stream.events == []


async def test_it_ends_when_its_reader_is_no_member_any_more(
    app: TaskHub, ada: Api, guest: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_readers, "CHECK_SECONDS", 0.05)
    await ada.invite(guest)
    async with event_stream(app, guest, cursor=await now(guest)) as stream:
        assert (await ada.delete(f"members/{guest.user['id']}")).status_code == 204
        await stream.ended()


class CountingDatabase:
    def __init__(self, database: Any) -> None:
        self._database = database
        self.is_distributed = False
        self.statements = 0

    def has_unseen(self, *tables: str) -> bool:
        return False

    async def fetch(self, statement: Any, parameters: Any) -> Any:
        self.statements += 1
        return await self._database.fetch(statement, parameters)

    async def fetch_row(self, statement: Any, parameters: Any) -> Any:
        self.statements += 1
        return await self._database.fetch_row(statement, parameters)


@pytest.mark.not_on_citus(reason="readers are checked one by one there, each on the node that knows")
async def test_readers_are_checked_by_as_many_statements_as_one(
    app: TaskHub, ada: Api, guest: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they were admitted with is forgotten by then."""
    await ada.invite(guest)
    readers, authorizer = stream_readers.StreamReaders(), app.state.authorizer
    async with AsyncExitStack() as stack:
        # Nobody checks these but the test.
        stack.enter_context(app.state.container.modules["activity"].stream_readers.override(providers.Object(readers)))
        first, second, third = [await stack.enter_async_context(event_stream(app, reader)) for reader in (guest, guest, ada)]
        for stream in (first, second, third):
            await stream.next()
        database = CountingDatabase(app.state.container.database())
        grants, authenticator = authorizer._grants, authorizer.authenticate.__self__
        for one in (grants, authenticator):
            monkeypatch.setattr(one, "_database", database)
        grants._grants.clear()
        authenticator._sessions.clear()
        await readers.check()
    assert database.statements == 2
    assert not first.has_ended
    assert not third.has_ended


async def lets_wait(api: Api, stream: EventStream) -> None:
    """The stream has a change for its reader, who does not read."""
    await api.add_task(title="seen")
    await stream.next()
    stream.is_reading.clear()
    await api.add_task(title="not seen")
    await until(lambda: stream.is_waited_for)


async def test_it_ends_when_its_reader_falls_behind(app: TaskHub, ada: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the service still waits for the reader."""
    monkeypatch.setattr(stream_readers, "CHECK_SECONDS", 0.05)
    cursor = await now(ada)
    async with event_stream(app, ada, cursor=cursor) as stream:
        await lets_wait(ada, stream)
        for n in range(3):
            items = [{"title": f"{n} {m}", "project_id": ada.project["id"]} for m in range(500)]
            ok(await ada.post("tasks/bulk_create", {"items": items}))
        async with event_stream(app, ada, cursor=cursor) as other:
            await until(lambda: len(other.events) == 2 + 1500)
        await stream.ended()
    assert [event.data["snapshot"]["title"] for event in stream.events] == ["seen"]
    async with event_stream(app, ada, last_event_id=stream.events[-1].id) as stream:
        await until(lambda: len(stream.events) == 1 + 1500)


async def test_who_is_not_yet_through_with_what_was_there_is_not_behind(
    app: TaskHub, ada: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_readers, "CHECK_SECONDS", 0.01)
    cursor = await now(ada)
    for n in range(3):
        items = [{"title": f"{n} {m}", "project_id": ada.project["id"]} for m in range(500)]
        ok(await ada.post("tasks/bulk_create", {"items": items}))
    checks: list[None] = []
    reauthorize = ApiRequest.reauthorize

    async def counted(request: ApiRequest, access: Any) -> None:
        await reauthorize(request, access)
        checks.append(None)

    async with event_stream(app, ada, cursor=cursor) as stream:
        stream.is_reading.clear()
        await until(lambda: stream.is_waited_for)
        monkeypatch.setattr(ApiRequest, "reauthorize", counted)
        await until(lambda: len(checks) > 3)
        stream.is_reading.set()
        await until(lambda: len(stream.events) == 1500)


async def test_it_ends_when_a_reader_that_does_not_read_is_no_member_any_more(
    app: TaskHub, ada: Api, guest: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_readers, "CHECK_SECONDS", 0.05)
    await ada.invite(guest)
    async with event_stream(app, guest, cursor=await now(guest)) as stream:
        await lets_wait(ada, stream)
        assert (await ada.delete(f"members/{guest.user['id']}")).status_code == 204
        await stream.ended()
    assert [event.data["snapshot"]["title"] for event in stream.events] == ["seen"]


async def test_head_has_no_body(app: TaskHub, ada: Api) -> None:
    async with event_stream(app, ada, "HEAD") as stream:
        await stream.ended()
    assert (stream.status, stream.body) == (200, b"")


@pytest.mark.parametrize("parameters", [{"cursor": "x"}, {"last_event_id": "x"}])
async def test_a_wrong_cursor_is_refused(app: TaskHub, ada: Api, parameters: dict[str, str]) -> None:
    async with event_stream(app, ada, **parameters) as stream:
        assert stream.status == 400
    assert b"invalid_cursor" in stream.body


async def test_streams_are_counted_and_limited(app: TaskHub, ada: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    requests = app.state.long_requests
    monkeypatch.setattr(requests, "_limit", 1)
    async with event_stream(app, ada) as stream:
        await stream.next()
        assert requests.open["streams"] == 1
        async with event_stream(app, ada) as refused:
            assert refused.status == 429
        assert (await ada.get("changes", wait=1)).json()["code"] == "too_many_streams"
    await until(lambda: requests.open["streams"] == 0)


async def test_streams_and_waiting_requests_end_when_the_service_stops(app: TaskHub, ada: Api) -> None:
    requests = app.state.long_requests
    cursor = await now(ada)
    waiting = asyncio.create_task(ada.get("changes", cursor=cursor, wait=30))
    async with event_stream(app, ada, cursor=cursor) as stream:
        await until(lambda: requests.open["waiting"] == 1)
        requests.end()
        requests._is_ending = False  # The application goes on for the other tests.
        await stream.ended()
        assert ok(await waiting) == {"items": [], "next_cursor": cursor, "has_more": False}


async def test_a_stream_that_is_not_read_ends_when_the_service_stops(app: TaskHub, ada: Api) -> None:
    requests = app.state.long_requests
    async with event_stream(app, ada, cursor=await now(ada)) as stream:
        await lets_wait(ada, stream)
        requests.end()
        requests._is_ending = False  # The application goes on for the other tests.
        await stream.ended()
    assert [event.data["snapshot"]["title"] for event in stream.events] == ["seen"]
