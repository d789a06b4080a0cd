"""Streams and waiting requests while the database is away, and after it is back."""

import asyncio

import pytest

from support.harness.api import Api, ok
from support.harness.database_proxy import DatabaseProxy
from support.harness.event_stream import event_stream
from support.harness.problems import problem
from support.harness.waiting import PATIENCE_SECONDS, eventually
from taskhub.activity.api import stream_readers
from taskhub.app import TaskHub


async def added_when_it_is_back(api: Api) -> str:
    api.sends_again = True
    return str((await api.add_task())["id"])


async def test_a_stream_goes_on_when_it_is_back(
    remote_app: TaskHub, remote: Api, proxy: DatabaseProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_readers, "CHECK_SECONDS", 0.05)  # Its right is asked for again while nobody knows it.
    async with event_stream(remote_app, remote, entity_type="task") as stream:
        first = (await remote.add_task())["id"]
        assert (await stream.next()).data["entity_id"] == first
        proxy.go_away()
        problem(await remote.get("tasks"), 503, "unavailable")
        proxy.come_back()
        second = await added_when_it_is_back(remote)
        assert (await stream.next()).data["entity_id"] == second
    assert not stream.has_ended


async def test_a_stream_that_is_opened_while_it_is_away_begins_when_it_is_back(
    remote_app: TaskHub, remote: Api, proxy: DatabaseProxy
) -> None:
    """Who reads is known still, for a second."""
    task = await remote.add_task()
    ok(await remote.get("changes"))
    proxy.go_away()
    async with event_stream(remote_app, remote, entity_type="task") as stream:
        if stream.status == 503:  # They are forgotten already, on a slow machine.
            return
        proxy.come_back()
        assert (await stream.next()).data["entity_id"] == task["id"]


async def test_a_request_that_waits_is_answered_when_it_is_back_or_told_to_come_again(remote: Api, proxy: DatabaseProxy) -> None:
    cursor = ok(await remote.get("changes", **{"from": "now"}))["next_cursor"]
    waiting = asyncio.create_task(remote.get("changes", cursor=cursor, wait=30))
    done, _ = await asyncio.wait({waiting}, timeout=0.1)
    assert not done
    proxy.go_away()

    async def is_away() -> bool:
        return (await remote.get("tasks")).status_code == 503

    await eventually(is_away)
    proxy.come_back()
    task_id = await added_when_it_is_back(remote)
    answer = await asyncio.wait_for(waiting, PATIENCE_SECONDS)
    if answer.status_code == 503:
        assert answer.json()["retry"] == "safe"
        answer = await remote.get("changes", cursor=cursor)
    assert [change["entity_id"] for change in ok(answer)["items"]] == [task_id]
