"""The feed of changes: every event of the workspace, in the order of the commits, from any place on."""

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from support.harness.api import Api, ok
from support.harness.problems import problem
from support.harness.waiting import PATIENCE_SECONDS, eventually


async def read(api: Api, **parameters: Any) -> Any:
    return ok(await api.get("changes", **parameters))


async def now(api: Api) -> str:
    return str((await read(api, **{"from": "now"}))["next_cursor"])


async def test_it_begins_at_the_start_and_has_no_gap(ada: Api) -> None:
    task = await ada.add_task()
    page = await read(ada)
    assert [change["seq"] for change in page["items"]] == [*range(1, len(page["items"]) + 1)]
    assert (page["items"][0]["type"], page["items"][-1]["type"]) == ("workspace.created", "task.created")
    assert page["items"][-1]["snapshot"] == task
    assert page["has_more"] is False


async def test_a_walk_by_pages_sees_every_change_once_and_knows_its_last_page(ada: Api) -> None:
    for _ in range(3):
        await ada.add_task()
    everything = (await read(ada))["items"]
    walked: list[Any] = []
    cursor: dict[str, str] = {}
    has_more = True
    while has_more:
        page = await read(ada, limit=1, **cursor)
        walked += page["items"]
        cursor, has_more = {"cursor": page["next_cursor"]}, page["has_more"]
    assert walked == everything


async def test_a_cursor_of_a_change_goes_on_after_it(ada: Api) -> None:
    first, second = await ada.add_task(), await ada.add_task()
    changes = (await read(ada))["items"]
    cursor = next(change["cursor"] for change in changes if change["entity_id"] == first["id"])
    assert [change["entity_id"] for change in (await read(ada, cursor=cursor))["items"]] == [second["id"]]


async def test_from_now_there_is_nothing_yet(ada: Api) -> None:
    await ada.add_task()
    page = await read(ada, **{"from": "now"})
    assert (page["items"], page["has_more"]) == ([], False)
    task = await ada.add_task()
    assert [one["entity_id"] for one in (await read(ada, cursor=page["next_cursor"]))["items"]] == [task["id"]]


async def test_from_an_instant_it_begins_with_the_first_change_that_is_not_older(ada: Api) -> None:
    for _ in range(5):
        await ada.add_task()
    changes = (await read(ada))["items"]
    for change in changes:
        page = await read(ada, **{"from": change["occurred_at"]})
        expected = next(one for one in changes if one["occurred_at"] >= change["occurred_at"])
        assert page["items"][0]["seq"] == expected["seq"]
    assert (await read(ada, **{"from": "2999-01-01T00:00:00Z"}))["items"] == []


@pytest.mark.parametrize("name", ["type", "entity_type", "entity_id", "actor_id", "commit"])
async def test_each_filter_lets_through_what_is_as_it_says(ada: Api, name: str) -> None:
    task = await ada.add_task()
    await ada.patch(f"tasks/{task['id']}", {"title": "Oil it"})
    changes = (await read(ada))["items"]
    wanted = changes[-1][name]
    page = await read(ada, **{name: wanted})
    assert page["items"] == [change for change in changes if change[name] == wanted]
    assert page["has_more"] is False


async def test_a_page_of_a_filter_ends_where_nothing_more_is_wanted(ada: Api) -> None:
    task = await ada.add_task()
    await ada.add_task()
    page = await read(ada, entity_id=task["id"], limit=1)
    assert (len(page["items"]), page["has_more"]) == (1, False)
    assert (await read(ada, cursor=page["next_cursor"]))["items"] == []


async def test_me_is_an_actor(ada: Api, guest: Api) -> None:
    await ada.invite(guest)
    await guest.add_task()
    changes = (await read(guest, actor_id="me", entity_type="task"))["items"]
    assert [change["type"] for change in changes] == ["task.created"]


async def test_changes_of_one_command_name_the_first_of_them(ada: Api) -> None:
    tasks = [await ada.add_task() for _ in range(3)]
    cursor = await now(ada)
    operations = [{"id": task["id"], "patch": {"title": "Oil it"}} for task in tasks]
    ok(await ada.post("tasks/bulk_update", {"items": operations}))
    await ada.add_task()
    changes = (await read(ada, cursor=cursor))["items"]
    first, *_, last = (change["seq"] for change in changes)
    assert [change["commit"] for change in changes] == [first, first, first, last]


async def test_a_family_that_goes_to_the_trash_is_one_command(ada: Api) -> None:
    parent = await ada.add_task()
    for _ in range(3):
        await ada.add_task(parent_id=parent["id"])
    cursor = await now(ada)
    await ada.delete(f"tasks/{parent['id']}")
    changes = (await read(ada, cursor=cursor))["items"]
    assert [change["type"] for change in changes] == ["task.trashed"] * 4
    assert {change["commit"] for change in changes} == {changes[0]["seq"]}


async def test_a_compact_page_has_of_each_thing_its_last_change(ada: Api) -> None:
    task = await ada.add_task()
    for title in ("one", "two", "three"):
        await ada.patch(f"tasks/{task['id']}", {"title": title})
    changes = (await read(ada, entity_type="task", compact=True))["items"]
    assert [change["snapshot"]["title"] for change in changes] == ["three"]


async def test_an_answer_waits_for_the_first_change(ada: Api) -> None:
    cursor = await now(ada)
    waiting = asyncio.create_task(read(ada, cursor=cursor, wait=30))
    done, _ = await asyncio.wait({waiting}, timeout=0.1)
    assert not done
    task = await ada.add_task()
    page = await asyncio.wait_for(waiting, 20)
    assert [change["entity_id"] for change in page["items"]] == [task["id"]]


async def test_it_waits_for_what_the_filter_wants(ada: Api) -> None:
    task = await ada.add_task()
    cursor = await now(ada)
    waiting = asyncio.create_task(read(ada, cursor=cursor, wait=30, type="task.updated"))
    await ada.add_task()
    done, _ = await asyncio.wait({waiting}, timeout=0.5)
    assert not done
    await ada.patch(f"tasks/{task['id']}", {"title": "Oil it"})
    assert [change["type"] for change in (await asyncio.wait_for(waiting, 20))["items"]] == ["task.updated"]


async def test_an_answer_that_waited_in_vain_goes_on_from_where_it_came_to(ada: Api) -> None:
    page = await read(ada, cursor=await now(ada), wait=1, type="task.updated")
    assert page["items"] == []
    task = await ada.add_task()
    assert [change["entity_id"] for change in (await read(ada, cursor=page["next_cursor"]))["items"]] == [task["id"]]


async def test_a_cursor_is_of_one_workspace(ada: Api, guest: Api) -> None:
    await guest.open_workspace()
    problem(await guest.get("changes", cursor=await now(ada)), 400, "invalid_cursor")
    problem(await guest.get("changes", cursor="x"), 400, "invalid_cursor")


async def test_a_cursor_of_a_list_is_none_of_the_log(ada: Api) -> None:
    for _ in range(2):
        await ada.add_task()
    page = ok(await ada.get("tasks", limit=1))
    problem(await ada.get("changes", cursor=page["next_cursor"]), 400, "invalid_cursor")


async def test_who_is_no_member_finds_nothing(ada: Api, guest: Api) -> None:
    guest.workspace = ada.workspace
    problem(await guest.get("changes"), 404, "not_found")


async def test_who_is_removed_while_they_wait_is_not_told_what_comes(ada: Api, guest: Api) -> None:
    await ada.invite(guest)
    waiting = asyncio.create_task(guest.get("changes", cursor=await now(guest), wait=30, entity_type="task"))
    done, _ = await asyncio.wait({waiting}, timeout=0.1)
    assert not done
    await ada.delete(f"members/{guest.user['id']}")
    await eventually(partial(is_outside, guest))
    await ada.add_task()
    problem(await asyncio.wait_for(waiting, PATIENCE_SECONDS), 404, "not_found")


async def is_outside(api: Api) -> bool:
    """A right is remembered for a second."""
    return (await api.get("changes")).status_code == 404


async def test_what_is_gone_has_no_snapshot(ada: Api) -> None:
    task = await ada.add_task()
    comment = ok(await ada.post(f"tasks/{task['id']}/comments", {"body": "Done?"}))
    await ada.delete(f"tasks/{task['id']}/comments/{comment['id']}")
    created, deleted = (await read(ada, entity_id=comment["id"]))["items"]
    assert (created["snapshot"], deleted["snapshot"]) == (comment, None)


async def test_times_are_instants(ada: Api) -> None:
    before = datetime.now(UTC)
    task = await ada.add_task()
    (change,) = (await read(ada, entity_id=task["id"]))["items"]
    assert before <= datetime.fromisoformat(change["occurred_at"]) <= datetime.now(UTC)
    assert change["occurred_at"] == task["created_at"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("type=task", "Expected entity.verb, such as task.created; see /docs/events."),
        ("type=Task.Created", "Expected entity.verb, such as task.created; see /docs/events."),
        ("entity_type=task.created", "Expected the type of a thing, such as task; see /docs/events."),
        ("from=yesterday", "Expected start, now, or an instant such as 2026-11-20T09:00:00Z."),
        ("from=today", "Expected start, now, or an instant such as 2026-11-20T09:00:00Z."),
        ("from=2026-11-20T09:00:00", "Expected an offset after the time: Z, or for example +02:00 (in a URL %2B02:00)."),
    ],
)
@pytest.mark.parametrize("path", ["changes", "stream"])
async def test_what_is_written_in_another_way_is_told_how_to_write_it(ada: Api, path: str, query: str, told: str) -> None:
    (fault,) = problem(await ada.get(f"{path}?{query}"), 422, "validation_failed")["errors"]
    assert (fault["code"], fault["message"]) == ("wrong_format", told)


async def test_words_for_instants_are_told_what_else_there_is(ada: Api) -> None:
    for query, told in (("as_of=yesterday", "seq of a change"), ("due_before=tomorrow", "a date such as")):
        (fault,) = problem(await ada.get(f"tasks?{query}"), 422, "validation_failed")["errors"]
        assert told in fault["message"]
