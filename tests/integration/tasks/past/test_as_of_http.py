"""What was, as clients ask for it: by the seq of a change or by an instant."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import bindparam, update

from integration.tasks.reads.test_lists_over_http import walk
from integration.tasks.test_after_effects import purge
from support.harness.api import Api, ok
from support.harness.problems import problem
from taskhub.container import Container
from taskhub.kernel.infrastructure.event_log.log_moments import LogMoments
from taskhub.kernel.infrastructure.event_log.tables import EventRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.background.purge_trash import RETENTION

_events = table_of(EventRow).c
_DATE_BACK = Statement(
    update(table_of(EventRow))
    .values(occurred_at=bindparam("moment", type_=_events.occurred_at.type))
    .where(_events.stream_id == bindparam("of_stream", type_=_events.stream_id.type), _events.seq == bindparam("of_seq"))
)


async def changes(api: Api, **parameters: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = ok(await api.get("changes", limit=1000, **parameters))["items"]
    return listed


async def head(api: Api) -> int:
    return int((await changes(api))[-1]["seq"])


async def test_a_task_is_what_it_was_at_a_change_and_at_an_instant(ada: Api) -> None:
    made = await ada.add_task()
    then = await head(ada)
    changed = ok(await ada.patch(f"tasks/{made['id']}", {"title": "Grease the engine"}))
    for as_of, task in ((then, made), (made["updated_at"], made), (then + 1, changed), (changed["updated_at"], changed)):
        assert ok(await ada.get(f"tasks/{made['id']}", as_of=as_of)) == task
        assert ok(await ada.get("tasks", as_of=as_of))["items"] == [task]


async def test_it_was_not_there_before_it_was_made(ada: Api) -> None:
    before = await head(ada)
    task = await ada.add_task()
    problem(await ada.get(f"tasks/{task['id']}", as_of=before), 404, "not_found")
    problem(await ada.get(f"tasks/{task['id']}/comments", as_of=before), 404, "not_found")
    assert ok(await ada.get("tasks", as_of=before)) == {"items": [], "next_cursor": None}


async def test_a_command_is_never_halved(ada: Api) -> None:
    tasks = [await ada.add_task() for _ in range(3)]
    items = [{"id": task["id"], "patch": {"priority": "urgent"}} for task in tasks]
    updated = ok(await ada.post("tasks/bulk_update", {"items": items}))["items"]
    events = [change for change in await changes(ada) if change["entity_version"] == 2 and change["entity_type"] == "task"]
    assert len({event["commit"] for event in events}) == 1
    for event in events:
        assert ok(await ada.get("tasks", as_of=event["seq"]))["items"] == updated[::-1]
    assert ok(await ada.get("tasks", as_of=events[0]["seq"] - 1))["items"] == tasks[::-1]


async def test_what_is_gone_by_now_is_still_what_it_was(ada: Api) -> None:
    task = await ada.add_task()
    label = ok(await ada.post("labels", {"name": "Bug"}))
    labelled = ok(await ada.put(f"tasks/{task['id']}/labels/{label['id']}"))
    comment = ok(await ada.post(f"tasks/{task['id']}/comments", {"body": "Why?"}))
    then = await head(ada)
    paths = [f"tasks/{task['id']}/comments/{comment['id']}", f"labels/{label['id']}", f"tasks/{task['id']}"]
    for path in (*paths, f"projects/{ada.project['id']}"):
        assert (await ada.delete(path)).status_code == 204
        problem(await ada.get(path), 404, "not_found")
    assert [ok(await ada.get(path, as_of=then)) for path in paths] == [comment, label, labelled]
    assert ok(await ada.get("projects", as_of=then))["items"] == [ada.project]
    assert ok(await ada.get(f"tasks/{task['id']}/comments", as_of=then))["items"] == [comment]
    assert ok(await ada.get("labels", as_of=then))["items"] == [label]
    assert ok(await ada.get("tasks", as_of=then, label_id=label["id"]))["items"] == [labelled]


async def test_what_was_erased_stays_erased(ada: Api, container: Container, database: Database) -> None:
    task, kept = await ada.add_task(), await ada.add_task()
    comment = ok(await ada.post(f"tasks/{task['id']}/comments", {"body": "Why?"}))
    waiting = ok(await ada.put(f"tasks/{kept['id']}/blockers/{task['id']}"))
    then = await head(ada)
    assert ok(await ada.get("tasks", as_of=then, blocked="true"))["items"] == [waiting]
    await ada.delete(f"tasks/{task['id']}")
    await purge(container.modules["tasks"], database, RETENTION + timedelta(minutes=1))
    for path in (f"tasks/{task['id']}", f"tasks/{task['key']}", f"tasks/{task['id']}/comments/{comment['id']}"):
        problem(await ada.get(path, as_of=then), 404, "not_found")
        problem(await ada.get(path, as_of=await head(ada)), 404, "not_found")
    assert ok(await ada.get("tasks", as_of=then))["items"] == [waiting]
    assert ok(await ada.get("tasks", as_of=then, blocked="true"))["items"] == []


async def test_a_key_leads_to_its_task_as_of_any_moment(ada: Api) -> None:
    task = await ada.add_task()
    then = await head(ada)
    web = await ada.open_project(key="WEB")
    moved = ok(await ada.post(f"tasks/{task['id']}/move", {"to": "last", "project_id": web["id"]}))
    for key in (task["key"], moved["key"]):
        answer = await ada.get(f"tasks/{key}", as_of=then)
        assert ok(answer) == task
        assert answer.headers["content-location"] == ada.at(f"tasks/{task['id']}")
    assert ok(await ada.get("tasks", as_of=then, project_id="OPS"))["items"] == [task]
    assert ok(await ada.get("tasks", as_of=then, project_id="WEB"))["items"] == []


async def test_all_pages_are_of_one_moment(ada: Api) -> None:
    tasks = [await ada.add_task(f"Task {number}") for number in range(5)]
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    answer = await ada.get("tasks", as_of=later, limit=2)
    first, link = ok(answer)["items"], answer.headers["link"].partition(">")[0][1:]
    await ada.patch(f"tasks/{tasks[0]['id']}", {"title": "Changed"})
    await ada.delete(f"tasks/{tasks[1]['id']}")
    second = ok(await ada.get(link))
    third = ok(await ada.get("tasks", as_of=later, limit=2, cursor=second["next_cursor"]))
    assert first + second["items"] + third["items"] == tasks[::-1]
    assert third["next_cursor"] is None
    problem(await ada.get("tasks", limit=2, cursor=second["next_cursor"]), 400, "invalid_cursor")


async def test_a_page_looks_at_so_many_tasks_and_goes_on(ada: Api) -> None:
    rare = await ada.add_task(priority="urgent")
    for count in (500, 20):
        items = [{"project_id": "OPS", "title": f"Task {number}"} for number in range(count)]
        ok(await ada.post("tasks/bulk_create", {"items": items}))
    asked = {"as_of": await head(ada), "priority": "urgent", "limit": 50}
    first = ok(await ada.get("tasks", **asked))
    assert first["items"] == []
    assert ok(await ada.get("tasks", **asked, cursor=first["next_cursor"])) == {"items": [rare], "next_cursor": None}
    assert len(await walk(ada, "tasks", as_of=asked["as_of"])) == 521


async def test_dates_in_filters_begin_in_the_zone_of_the_first_page(ada: Api) -> None:
    tasks = [await ada.add_task(due={"date": "2026-03-01"}) for _ in range(3)]
    asked = {"as_of": await head(ada), "due_before": "2026-03-02", "due_after": "2026-03-01", "limit": 1}
    assert await walk(ada, "tasks", **asked) == tasks[::-1]


async def test_who_was_blocked_is_told_by_what_the_blocker_was_then(ada: Api) -> None:
    blocker, other = await ada.add_task(), await ada.add_task()
    waiting = ok(await ada.put(f"tasks/{other['id']}/blockers/{blocker['id']}"))
    moments = [(await head(ada), True)]
    for status, is_blocked in (("done", False), ("todo", True)):
        await ada.patch(f"tasks/{blocker['id']}", {"status": status})
        moments.append((await head(ada), is_blocked))
    await ada.delete(f"tasks/{blocker['id']}")
    moments.append((await head(ada), False))
    await ada.delete(f"tasks/{waiting['id']}/blockers/{blocker['id']}")
    for as_of, is_blocked in moments:
        assert ok(await ada.get("tasks", as_of=as_of, blocked="true"))["items"] == ([waiting] if is_blocked else [])
        unblocked = ok(await ada.get("tasks", as_of=as_of, blocked="false"))["items"]
        assert (waiting in unblocked) is not is_blocked
        assert [
            task["id"] for task in ok(await ada.get("tasks", as_of=as_of, blocks=waiting["id"], closed="false"))["items"]
        ] == ([blocker["id"]] if is_blocked else [])


async def test_lists_by_name_have_the_names_and_the_order_of_then(ada: Api) -> None:
    labels = [ok(await ada.post("labels", {"name": name})) for name in ("Ö", "o 10", "O 9", "p")]
    then, sorted_then = await head(ada), await walk(ada, "labels")
    for label, name in zip(labels, ("z", "y", "x", "w"), strict=True):
        await ada.patch(f"labels/{label['id']}", {"name": name})
    await ada.delete(f"labels/{labels[0]['id']}")
    assert [label["name"] for label in sorted_then] == ["Ö", "O 9", "o 10", "p"]
    for limit in (1, 2, 3, 4):
        assert await walk(ada, "labels", as_of=then, limit=limit) == sorted_then


async def test_what_was_deleted_and_restored_since_is_listed_once(ada: Api) -> None:
    labels = [ok(await ada.post("labels", {"name": name})) for name in ("blue", "red")]
    task = await ada.add_task()
    comments = [ok(await ada.post(f"tasks/{task['id']}/comments", {"body": body})) for body in ("One", "Two")]
    then = await head(ada)
    for path in (f"labels/{labels[0]['id']}", f"tasks/{task['id']}/comments/{comments[0]['id']}") * 2:
        await ada.delete(path)
        ok(await ada.post(f"changes/{await head(ada)}/undo"))
    await ada.delete(f"labels/{labels[1]['id']}")
    ok(await ada.post(f"changes/{await head(ada)}/undo"))
    await ada.delete(f"labels/{labels[1]['id']}")
    for limit in (1, 2, 3):
        assert await walk(ada, "labels", as_of=then, limit=limit) == labels
        assert await walk(ada, f"tasks/{task['id']}/comments", as_of=then, limit=limit) == comments


async def test_dates_begin_in_the_zone_that_the_workspace_had(ada: Api) -> None:
    due = {"date": "2026-12-01", "time": "23:30", "time_zone": "UTC"}
    tasks = [await ada.add_task(due=due) for _ in range(3)]
    then, asked = await head(ada), {"due_before": "2026-12-02"}
    listed = await walk(ada, "tasks", **asked)
    assert listed == tasks[::-1]
    ok(await ada.patch(f"/v1/workspaces/{ada.workspace['id']}", {"time_zone": "Pacific/Auckland"}))
    assert await walk(ada, "tasks", **asked) == []
    for limit in (1, 3):
        assert await walk(ada, "tasks", **asked, as_of=then, limit=limit) == listed
    assert await walk(ada, "tasks", **asked, as_of=then, time_zone="Pacific/Auckland") == []
    assert await walk(ada, "tasks", **asked, as_of=await head(ada)) == []


async def test_what_was_has_no_etag_and_no_304(ada: Api) -> None:
    task = await ada.add_task()
    then = await head(ada)
    for path in (f"tasks/{task['id']}", f"tasks/{task['key']}", "tasks", f"projects/{ada.project['id']}"):
        assert "etag" not in (await ada.get(path, as_of=then)).headers
        answer = await ada.get(path, as_of=then, headers={"if-none-match": '"1"'})
        (fault,) = problem(answer, 422, "validation_failed")["errors"]
        assert (fault["code"], fault["header"]) == ("conflicting", "If-None-Match")
    shown = await ada.client.head(ada.at(f"tasks/{task['id']}"), params={"as_of": then})
    assert (shown.status_code, shown.content) == (200, b"")


async def test_if_match_names_the_version_of_then(ada: Api) -> None:
    task = await ada.add_task()
    then = await head(ada)
    await ada.patch(f"tasks/{task['id']}", {"title": "Grease it"})
    assert ok(await ada.get(f"tasks/{task['id']}", as_of=then, headers={"if-match": '"1"'})) == task
    problem(await ada.get(f"tasks/{task['id']}", as_of=then, headers={"if-match": '"2"'}), 412, "stale_version")


@pytest.mark.parametrize("path", ["tasks", "tasks/OPS-1", "projects", "projects/OPS", "labels", "tasks/OPS-1/comments"])
async def test_a_moment_that_the_log_does_not_have_is_refused(ada: Api, path: str) -> None:
    await ada.add_task()
    ahead = await head(ada) + 1
    for as_of in (0, ahead, "10000000000000000", ada.user["created_at"], "2001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"):
        (fault,) = problem(await ada.get(path, as_of=as_of), 400, "not_in_log")["errors"]
        assert fault["parameter"] == "as_of"
    assert ok(await ada.get(path, as_of="9999-12-31T23:59:59Z")) == ok(await ada.get(path, as_of=ahead - 1))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "now",
        "-1",
        "1.0",
        "%2B1",
        "2026-11-20",
        "2026-11-20T09:00:00",
        "2026-13-20T09:00:00Z",
        "1&as_of=2",
        "9" * 19,
        "²",
        "٣",
    ],
)
async def test_what_is_no_moment_is_refused(ada: Api, query: str) -> None:
    for path in ("tasks", "projects/OPS"):
        (fault,) = problem(await ada.get(f"{path}?as_of={query}"), 422, "validation_failed")["errors"]
        assert fault["parameter"] == "as_of"


@pytest.mark.parametrize("query", ["q=oil", "sort=due", "sort=created_at"])
async def test_past_lists_have_one_order_and_no_words(ada: Api, query: str) -> None:
    await ada.add_task()
    (fault,) = problem(await ada.get(f"tasks?{query}&as_of={await head(ada)}"), 422, "validation_failed")["errors"]
    assert (fault["code"], fault["parameter"]) == ("conflicting", query.partition("=")[0])
    assert len(ok(await ada.get("tasks", sort="-created_at", as_of=await head(ada)))["items"]) == 1


async def test_who_may_read_now_may_read_what_was(ada: Api, guest: Api) -> None:
    task = await ada.add_task()
    then = await head(ada)
    guest.workspace = ada.workspace
    problem(await guest.get("tasks", as_of=then), 404, "not_found")
    await ada.invite(guest, "viewer")
    assert ok(await guest.get("tasks", as_of=then))["items"] == [task]


async def test_only_what_can_be_read_as_of_a_moment_takes_one(ada: Api) -> None:
    for path in ("tasks/OPS-1/history", "changes", "members"):
        problem(await ada.get(path, as_of=1), 422, "validation_failed")
    problem(await ada.patch("tasks/OPS-1?as_of=1", {"title": "Oil it"}), 422, "validation_failed")


async def test_an_instant_is_the_last_event_that_is_not_later(ada: Api, database: Database) -> None:
    """Under load events are committed in another order than their commands began."""
    workspace_id, random = UUID(ada.workspace["id"]), Random(7)
    tasks = [await ada.add_task() for _ in range(12)]
    for task in tasks[::4]:
        await ada.post(f"tasks/{task['id']}/move", {"to": "first"})
    await ada.post("tasks/bulk_update", {"items": [{"id": task["id"], "patch": {"title": "Oil it"}} for task in tasks]})
    written = await changes(ada)
    for seq in range(1, len(written) + 1):
        moment = datetime.fromisoformat(written[seq - 1]["occurred_at"]) + timedelta(milliseconds=random.randrange(-400, 400))
        await database.fetch(_DATE_BACK, {"of_stream": workspace_id, "of_seq": seq, "moment": moment})
    log, moments = await changes(ada), LogMoments(database)
    ends = {event["commit"]: event["seq"] for event in log}
    for event in log:
        last = max((one for one in log if one["occurred_at"] <= event["occurred_at"]), key=lambda one: one["seq"])
        instant = datetime.fromisoformat(event["occurred_at"])
        assert await moments.seq_at(workspace_id, instant) == ends[last["commit"]]
