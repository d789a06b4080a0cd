"""Lists that nothing has changed: 304, without a look at their rows."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx2
import pytest
from dependency_injector import providers

from integration.conftest import make_container
from support.fakes.clocks import FakeMonotonicClock
from support.harness.api import Api, ok
from support.harness.problems import problem
from taskhub.app import TaskHub
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.tasks.application.queries import FoundIds
from taskhub.tasks.infrastructure.queries.keys import SqlKeyQueries
from taskhub.tasks.infrastructure.sort_keys import SortKeyUpkeep
from taskhub.testing.conformance.round_trips import recording_round_trips

LISTS = ("tasks", "projects", "labels", "tasks/{task}/comments", "tasks/{task}/history")


@pytest.fixture
async def task(ada: Api) -> str:
    """A task with a comment and a label."""
    label = ok(await ada.post("labels", {"name": "Engine", "color": "#ff0000"}))
    task = await ada.add_task(label_ids=[label["id"]])
    ok(await ada.post(f"tasks/{task['id']}/comments", {"body": "Which oil?"}))
    return str(task["id"])


async def known(api: Api, path: str, tag: str, **parameters: Any) -> httpx2.Response:
    return await api.get(path, headers={"if-none-match": tag}, **parameters)


async def tag_of(api: Api, path: str, **parameters: Any) -> str:
    answer = await api.get(path, **parameters)
    assert answer.status_code == 200, answer.text
    return str(answer.headers["etag"])


@pytest.mark.parametrize("path", LISTS)
async def test_what_is_unchanged_is_304_after_one_look_at_the_log(ada: Api, task: str, database: Database, path: str) -> None:
    path = path.format(task=task)
    first = await ada.get(path)
    with recording_round_trips(database) as taken:
        answer = await known(ada, path, first.headers["etag"])
    assert (answer.status_code, answer.content) == (304, b"")
    assert len(taken) == 1
    assert "event_streams" in taken[0]
    assert not any(f"FROM {table}" in taken[0] for table in ("tasks", "projects", "labels", "comments", "events "))
    for name in ("etag", "cache-control", "vary", "x-request-id"):
        assert name in answer.headers
    assert {name: answer.headers[name] for name in ("etag", "cache-control", "vary")} == {
        name: first.headers[name] for name in ("etag", "cache-control", "vary")
    }


@pytest.mark.parametrize("path", LISTS)
async def test_what_was_answered_twice_is_answered_again_after_one_look(
    ada: Api, guest: Api, task: str, database: Database, path: str
) -> None:
    path = path.format(task=task)
    await ada.invite(guest)
    first, _ = await ada.get(path), await ada.get(path)
    await guest.get("labels")  # Who they are is known now.
    for api in (ada, guest):
        with recording_round_trips(database) as taken:
            answer = await api.get(path)
        assert (answer.status_code, answer.json(), answer.headers["etag"]) == (200, first.json(), first.headers["etag"])
        assert answer.headers.get("link") == first.headers.get("link")
        assert len(taken) == 1
        assert not any(f"FROM {table}" in taken[0] for table in ("tasks", "projects", "labels", "comments", "events "))


async def test_what_was_answered_is_answered_again_only_while_nothing_has_changed(ada: Api, task: str) -> None:
    before = [ok(await ada.get("tasks")) for _ in range(3)]
    ok(await ada.patch(f"tasks/{task}", {"title": "Oil it"}))
    after = [ok(await ada.get("tasks")) for _ in range(3)]
    assert [[one["title"] for one in page["items"]] for page in after] == [["Oil it"]] * 3
    assert before[0] == before[2] != after[0]


async def test_what_was_answered_to_one_is_not_for_another_where_the_caller_is_meant(ada: Api, guest: Api, task: str) -> None:
    await ada.invite(guest)
    ok(await ada.patch(f"tasks/{task}", {"assignee_ids": [ada.user["id"]]}))
    for _ in range(3):
        assert [len(ok(await api.get("tasks", assignee_id="me"))["items"]) for api in (ada, guest)] == [1, 0]


async def test_a_remembered_page_is_not_for_strangers(ada: Api, guest: Api, task: str) -> None:
    for _ in range(3):
        ok(await ada.get("tasks"))
    problem(await guest.client.get(ada.at("tasks")), 404, "not_found")
    problem(await guest.client.get(ada.at("tasks"), headers={"authorization": "Bearer none"}), 401, "invalid_token")


@pytest.mark.parametrize("path", LISTS)
async def test_a_change_gives_another_tag(ada: Api, task: str, path: str) -> None:
    path = path.format(task=task)
    tag = await tag_of(ada, path)
    ok(await ada.patch(f"tasks/{task}", {"title": "Oil it"}))
    answer = await known(ada, path, tag)
    assert answer.status_code == 200
    assert answer.headers["etag"] != tag


@pytest.mark.parametrize("path", LISTS[:3])
async def test_a_list_is_one_round_trip_full_or_empty(ada: Api, task: str, database: Database, path: str) -> None:
    await ada.get(path)
    with recording_round_trips(database) as taken:
        ok(await ada.get(path))
        empty = await ada.get("tasks", status="nothing_has_it")
    assert len(taken) == 2
    assert (ok(empty)["items"], empty.headers["etag"][:3]) == ([], 'W/"')


async def test_an_empty_list_of_any_kind_has_a_tag_too(ada: Api) -> None:
    task = await ada.add_task()
    for path, parameters in (("labels", {}), (f"tasks/{task['id']}/comments", {}), ("projects", {"deleted": "true"})):
        answer = await ada.get(path, **parameters)
        assert ok(answer) == {"items": [], "next_cursor": None}
        assert (await known(ada, path, answer.headers["etag"], **parameters)).status_code == 304


async def test_the_tag_survives_a_new_token(ada: Api, task: str) -> None:
    tag = await tag_of(ada, "tasks", assignee_id="me")
    before = ada.client.headers["authorization"]
    await ada.sign_in(ada.user["email"])
    assert ada.client.headers["authorization"] != before
    assert (await known(ada, "tasks", tag, assignee_id="me")).status_code == 304


async def test_a_key_that_comes_to_mean_something_meanwhile_ends_the_list(
    ada: Api, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up = SqlKeyQueries.ids

    async def look_up_too_early(*args: Any) -> FoundIds:
        found = await look_up(*args)
        monkeypatch.undo()
        project = ok(await ada.post("projects", {"key": "LATE", "name": "Late"}))
        await ada.add_task(project_id=project["id"])
        return found

    monkeypatch.setattr(SqlKeyQueries, "ids", look_up_too_early)
    early = await ada.get("tasks", project_id="LATE")
    assert ok(early)["items"] == []
    late = await known(ada, "tasks", early.headers["etag"], project_id="LATE")
    assert len(ok(late)["items"]) == 1


async def test_only_where_the_caller_is_meant_is_a_tag_the_caller_s_own(ada: Api, guest: Api, task: str) -> None:
    await ada.invite(guest)
    assert await tag_of(ada, "tasks") == await tag_of(guest, "tasks")
    for parameters in ({"assignee_id": "me"}, {"not_assignee_id": "me"}):
        tag = await tag_of(ada, "tasks", **parameters)
        assert (await known(guest, "tasks", tag, **parameters)).status_code == 200


async def test_a_tag_is_good_for_the_list_that_it_came_with(ada: Api, task: str) -> None:
    tag = await tag_of(ada, "tasks", status="todo")
    for parameters in ({}, {"status": "done"}, {"status": "todo", "limit": 1}, {"status": "todo", "sort": "due"}):
        assert (await known(ada, "tasks", tag, **parameters)).status_code == 200
    assert (await known(ada, "projects", tag)).status_code == 200


async def test_a_page_further_on_has_a_tag_of_its_own(ada: Api, task: str) -> None:
    await ada.add_task()
    first = await ada.get("tasks", limit=1)
    cursor = first.json()["next_cursor"]
    second = await ada.get("tasks", limit=1, cursor=cursor)
    assert second.headers["etag"] != first.headers["etag"]
    assert (await known(ada, "tasks", second.headers["etag"], limit=1, cursor=cursor)).status_code == 304
    assert problem(await known(ada, "tasks", first.headers["etag"], limit=1, cursor=cursor + "A"), 400, "invalid_cursor")


async def test_a_list_of_tags_and_head_requests_will_do(ada: Api, task: str) -> None:
    tag = await tag_of(ada, "tasks")
    assert (await known(ada, "tasks", f'"7", {tag}')).status_code == 304
    assert (await known(ada, "tasks", tag.removeprefix("W/"))).status_code == 304
    answer = await ada.client.head(ada.at("tasks"), headers={"if-none-match": tag})
    assert (answer.status_code, answer.headers["etag"]) == (304, tag)
    problem(await known(ada, "tasks", "no tag"), 400, "invalid_header")


async def test_any_list_that_is_there_matches_a_star(ada: Api, task: str) -> None:
    assert (await known(ada, "tasks", "*")).status_code == 304
    assert (await known(ada, f"tasks/{task}/comments", "*")).status_code == 304
    problem(await known(ada, f"tasks/{ada.project['id']}/comments", "*"), 404, "not_found")


async def test_if_match_comes_first_and_no_weak_tag_matches_it(ada: Api, task: str) -> None:
    tag = await tag_of(ada, "tasks")
    for if_match in (tag, tag.removeprefix("W/"), '"7"'):
        answer = await ada.get("tasks", headers={"if-match": if_match, "if-none-match": tag})
        problem(answer, 412, "stale_version")
        problem(await ada.get("tasks", headers={"if-match": if_match}), 412, "stale_version")
    assert (await ada.get("tasks", headers={"if-match": "*", "if-none-match": tag})).status_code == 304


async def test_whoever_may_not_read_any_more_learns_nothing(ada: Api, guest: Api, task: str) -> None:
    await ada.invite(guest)
    tag = await tag_of(guest, "tasks")
    assert (await ada.delete(f"members/{guest.user['id']}")).status_code == 204
    fresh = await tag_of(ada, "tasks")
    for known_tag in (tag, fresh, "*"):
        problem(await known(guest, "tasks", known_tag), 404, "not_found")


async def test_what_may_change_without_the_log_has_no_tag(ada: Api) -> None:
    for path in ("members", "invitations", "changes"):
        answer = await ada.get(path)
        assert answer.status_code == 200
        assert "etag" not in answer.headers
        assert (await known(ada, path, 'W/"x"')).status_code == 200


@pytest.fixture
async def elsewhere(database_url: str) -> AsyncIterator[tuple[Api, FakeMonotonicClock]]:
    """A client of another process, and the stopwatch that its memory goes by. It does no background work: a commit of its own may
    make it forget.
    """
    monotonic = FakeMonotonicClock()
    container = make_container(database_url, lambda made: made.monotonic.override(providers.Object(monotonic)))
    async with container.database().opened(), Api.on(TaskHub(container)) as api:
        yield api, monotonic


async def test_dates_that_begin_in_another_time_zone_make_another_list(
    ada: Api, elsewhere: tuple[Api, FakeMonotonicClock]
) -> None:
    """The other process goes on for a second with the time zone that it knows: what it answers then is not good afterwards."""
    other, monotonic = elsewhere
    other.workspace, other.client.headers["authorization"] = ada.workspace, ada.client.headers["authorization"]
    await ada.add_task(due={"date": "2026-11-27", "time": "01:00", "time_zone": "UTC"})
    query = {"due_before": "2026-11-27"}
    assert ok(await other.get("tasks", **query))["items"] == []
    ok(await ada.patch(f"/v1/workspaces/{ada.workspace['id']}", {"time_zone": "America/New_York"}))
    former = await other.get("tasks", **query)
    assert ok(former)["items"] == []
    monotonic.seconds += 2
    answer = await known(other, "tasks", former.headers["etag"], **query)
    assert answer.status_code == 200
    assert answer.json()["items"] == ok(await ada.get("tasks", **query))["items"]


async def test_names_that_are_put_in_order_afterwards_make_another_list(ada: Api, database: Database) -> None:
    """A process of a former version has written a name without a key to sort it by: the upkeep gives it one, without event."""
    for name in ("Anchor", "Zebra"):
        ok(await ada.post("labels", {"name": name, "color": "#00ff00"}))
    async with database.connection() as connection:
        forget = "UPDATE labels SET sort_key = '' WHERE workspace_id = $1 AND name = 'Zebra'"
        await connection._driver.execute(forget, UUID(ada.workspace["id"]))
    before = await ada.get("labels")
    assert [label["name"] for label in before.json()["items"]] == ["Zebra", "Anchor"]
    await SortKeyUpkeep()(database, system_clock())
    after = await known(ada, "labels", before.headers["etag"])
    assert [label["name"] for label in ok(after)["items"]] == ["Anchor", "Zebra"]
    await SortKeyUpkeep()(database, system_clock())
    assert (await known(ada, "labels", after.headers["etag"])).status_code == 304
