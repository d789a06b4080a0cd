"""A commit hands on what it has appended to the streams of its own process: the same as what is read from the log."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import msgspec
import pytest

from integration.activity.test_undo import COMMANDS, World
from integration.conftest import make_container
from support.harness.api import Api, ok
from support.harness.event_stream import EventStream, event_stream
from support.harness.undoing import last_seq, undo
from taskhub.app import TaskHub
from taskhub.container import Container
from taskhub.kernel.infrastructure.event_log.log_reader import LogReader
from taskhub.kernel.infrastructure.event_log.notifier import Appended, Growth

Handed = list[tuple[UUID, Appended]]


@pytest.fixture
def process(database_url: str) -> Container:
    return make_container(database_url)


@pytest.fixture
async def api(process: Container) -> AsyncIterator[Api]:
    """A client of a process that does no background work: what is handed on there is of its requests."""
    async with process.database().opened(), Api.on(TaskHub(process)) as api:
        await api.sign_up()
        await api.open_workspace()
        await api.open_project()
        yield api


@pytest.fixture
def handed(process: Container) -> Handed:
    handed: Handed = []

    def notice(growth: Growth) -> None:
        handed.extend((stream_id, appended) for stream_id, appended in growth.items() if appended is not None)

    process.notifier().watch(notice)
    return handed


async def check(process: Container, handed: Handed) -> None:
    """All that was handed on is what is read."""
    reader = LogReader(process.database())
    for stream_id, appended in handed:
        events = [plain(event) for event in appended.events()]
        page = await reader.read(stream_id, appended.first_seq - 1, len(events))
        assert events == [plain(event) for event in page.events]
        assert events[-1]["seq"] == appended.last_seq


def plain(event: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(event))


@pytest.mark.parametrize("name", COMMANDS)
async def test_it_is_what_is_read_whatever_the_command(process: Container, api: Api, handed: Handed, name: str) -> None:
    world = World(api)
    await world.build()
    answer = await COMMANDS[name](world, api)
    assert isinstance(answer, dict) or answer.is_success, answer.text
    await undo(api, await last_seq(api))
    assert len(handed) >= 20
    await check(process, handed)


async def test_it_is_so_for_accounts_and_members_as_well(process: Container, api: Api, handed: Handed) -> None:
    async with Api.on(TaskHub(process)) as guest:
        await guest.sign_up(name="Grace")
        await api.invite(guest)
        ok(await guest.patch("/v1/users/me", {"name": "Grace H."}))
        ok(await api.patch(f"members/{guest.user['id']}", {"role": "viewer"}))
        assert (await api.delete(f"members/{guest.user['id']}")).is_success
    ok(await api.patch(f"/v1/workspaces/{api.workspace['id']}", {"name": "Boiler room"}))
    assert {event.entity_type for _, one in handed for event in one.events()} >= {"user", "member", "invitation", "workspace"}
    await check(process, handed)


async def test_it_is_so_where_a_key_is_kept_with_it(process: Container, api: Api, handed: Handed) -> None:
    body = {"project_id": api.project["id"], "title": "Oil"}
    handed.clear()
    for _ in range(2):
        ok(await api.post("tasks", body, **{"idempotency-key": "the same"}))
    assert len(handed) == 1
    await check(process, handed)


async def test_what_is_large_is_left_to_be_read(api: Api, handed: Handed) -> None:
    items = [{"project_id": api.project["id"], "title": "Oil", "description": "x" * 5_000} for _ in range(150)]
    small = ok(await api.post("tasks/bulk_create", {"items": items[:50]}))["items"]
    assert handed[-1][1].last_seq - handed[-1][1].first_seq == len(small) - 1
    handed.clear()
    ok(await api.post("tasks/bulk_create", {"items": items}))
    assert handed == []


# -- to streams --------------------------------------------------------------------------------------


@pytest.fixture
async def stream(app: TaskHub, ada: Api) -> AsyncIterator[EventStream]:
    """From now on. Its log's end is known: what comes can be handed on."""
    cursor = ok(await ada.get("changes", **{"from": "now"}))["next_cursor"]
    async with event_stream(app, ada, cursor=cursor) as stream:
        ok(await ada.post("labels", {"name": "The first one"}))
        await stream.next()
        yield stream


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
    changes = ok(await ada.get("changes", limit=1000))["items"]
    read = [change for change in changes if change["seq"] > before]
    assert len(read) == 10
    assert [(await stream.next()).data for _ in read] == read
