"""Time entries over HTTP: the whole service with this module, on a real database."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from taskhub.kernel.infrastructure.postgres.database import Database

from client import Client, ok, problem
from log import own_events


def hours_ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


async def start(client: Client, task: dict[str, Any], **body: Any) -> dict[str, Any]:
    entry: dict[str, Any] = await client.post("time_entries", {"task_id": task["id"], **body})
    return entry


async def test_a_started_entry_runs_and_is_found(ada: Client) -> None:
    task = await ada.make_task()
    answer = await ada.send("POST", "time_entries", {"task_id": task["key"], "note": "Looked for the leak"})
    entry = ok(answer)

    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert (entry["task_id"], entry["user_id"], entry["note"]) == (task["id"], ada.user["id"], "Looked for the leak")
    assert (entry["stopped_at"], entry["seconds"]) == (None, None)
    assert await ada.get(answer.headers["location"]) == entry
    assert (await ada.get("time_entries"))["items"] == [entry]


async def test_what_happens_to_an_entry_is_told_by_events_of_its_module(ada: Client, database: Database) -> None:
    entry = await start(ada, await ada.make_task())
    stopped = await ada.post(f"time_entries/{entry['id']}/stop")
    changed = await ada.patch(f"time_entries/{entry['id']}", {"started_at": hours_ago(2)})
    await ada.send("DELETE", f"time_entries/{entry['id']}")

    events = await own_events(database, ada.workspace["id"])
    assert [event["type"].partition(".")[2] for event in events] == ["started", "stopped", "changed", "deleted"]
    assert [event["snapshot"] for event in events] == [entry, stopped, changed, None]
    assert set(events[1]["changes"]) == {"stopped_at", "seconds"}


async def test_a_member_has_one_running_entry_in_a_workspace(ada: Client, grace: Client) -> None:
    task = await ada.make_task()
    await ada.invite(grace)
    await start(ada, task)

    assert problem(await ada.send("POST", "time_entries", {"task_id": task["id"]})) == (409, "time_entry_running")
    await start(grace, task)
    await ada.make_workspace()
    await start(ada, await ada.make_task())


async def test_of_many_starts_at_once_one_is_made(ada: Client) -> None:
    task = await ada.make_task()
    answers = await asyncio.gather(*(ada.send("POST", "time_entries", {"task_id": task["id"]}) for _ in range(10)))

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    assert len((await ada.get("time_entries"))["items"]) == 1


async def test_a_retried_start_is_answered_as_the_first_time(ada: Client) -> None:
    body, key = {"task_id": (await ada.make_task())["id"]}, uuid4().hex
    first = await ada.send("POST", "time_entries", body, idempotency_key=key)
    again = await ada.send("POST", "time_entries", body, idempotency_key=key)

    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"


async def test_an_entry_that_was_stopped_makes_room_for_another_one(ada: Client) -> None:
    task = await ada.make_task()
    entry = await start(ada, task)
    stopped = await ada.post(f"time_entries/{entry['id']}/stop")

    assert (stopped["version"], stopped["seconds"]) == (2, 0)
    assert await ada.post(f"time_entries/{entry['id']}/stop") == stopped
    await start(ada, task)


async def test_time_is_started_only_on_open_tasks(ada: Client) -> None:
    task, trashed = await ada.make_task(), await ada.make_task()
    await ada.send("DELETE", f"tasks/{trashed['id']}")
    await ada.patch(f"tasks/{task['id']}", {"status": "done"})

    assert problem(await ada.send("POST", "time_entries", {"task_id": task["id"]})) == (409, "task_closed")
    assert problem(await ada.send("POST", "time_entries", {"task_id": trashed["id"]})) == (422, "unknown_reference")
    assert problem(await ada.send("POST", "time_entries", {"task_id": "OPS-99"})) == (422, "unknown_reference")
    assert problem(await ada.send("POST", "time_entries", {"task_id": "no task"})) == (422, "validation_failed")
    await ada.post(f"projects/{ada.project['id']}/archive")
    assert problem(await ada.send("POST", "time_entries", {"task_id": task["id"]})) == (409, "project_archived")


async def test_its_times_and_its_note_can_be_corrected(ada: Client) -> None:
    entry = await start(ada, await ada.make_task(), note="Oil")
    path = f"time_entries/{entry['id']}"
    times = {"started_at": "2026-01-05T09:00:00+01:00", "stopped_at": "2026-01-05T09:30:00Z"}
    changed = await ada.patch(path, {**times, "note": None})

    assert (changed["started_at"], changed["stopped_at"]) == ("2026-01-05T08:00:00Z", "2026-01-05T09:30:00Z")
    assert (changed["seconds"], changed["note"], changed["version"]) == (5400, None, 2)
    assert await ada.patch(path, {"note": None}) == changed


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"stopped_at": "2026-01-05T09:00:00Z"}, (422, "validation_failed")),
        ({"started_at": "2999-01-01T00:00:00Z"}, (422, "validation_failed")),
        ({"stopped_at": None}, (422, "validation_failed")),
        ({"task_id": "OPS-1"}, (422, "validation_failed")),
        ({"started_at": "2026-01-05T09:00:00Z", "stopped_at": "2026-01-06T09:00:01Z"}, (409, "time_entry_too_long")),
    ],
)
async def test_what_can_not_be_is_refused(ada: Client, body: dict[str, Any], refusal: tuple[int, str]) -> None:
    entry = await start(ada, await ada.make_task())

    assert problem(await ada.send("PATCH", f"time_entries/{entry['id']}", body)) == refusal
    assert await ada.get(f"time_entries/{entry['id']}") == entry


async def test_a_change_of_another_version_is_refused(ada: Client) -> None:
    path = f"time_entries/{(await start(ada, await ada.make_task()))['id']}"

    assert problem(await ada.send("PATCH", path, {"note": "Oil"}, if_match='"2"')) == (412, "stale_version")
    assert problem(await ada.send("POST", f"{path}/stop", if_match='"2"')) == (412, "stale_version")
    assert problem(await ada.send("DELETE", path, if_match='"2"')) == (412, "stale_version")
    assert (await ada.patch(path, {"note": "Oil"}, if_match='"1"'))["version"] == 2


async def test_the_time_of_others_is_theirs(ada: Client, grace: Client) -> None:
    await ada.invite(grace)
    path = f"time_entries/{(await start(ada, await ada.make_task()))['id']}"

    assert problem(await grace.send("POST", f"{path}/stop")) == (403, "not_allowed")
    assert problem(await grace.send("PATCH", path, {"note": "Oil"})) == (403, "not_allowed")
    assert problem(await grace.send("DELETE", path)) == (403, "not_allowed")
    assert (await grace.get(path))["user_id"] == ada.user["id"]


async def test_admins_correct_the_time_of_others(ada: Client, grace: Client) -> None:
    await ada.invite(grace)
    path = f"time_entries/{(await start(grace, await ada.make_task()))['id']}"
    token = await ada.post("/v1/tokens", {"name": "script", "scopes": ["read", "write"]})
    session = ada.http.headers["authorization"]

    ada.http.headers["authorization"] = f"Bearer {token['token']}"
    assert problem(await ada.send("POST", f"{path}/stop")) == (403, "insufficient_scope")
    ada.http.headers["authorization"] = session
    assert (await ada.post(f"{path}/stop"))["user_id"] == grace.user["id"]


async def test_viewers_look_and_strangers_see_nothing(ada: Client, grace: Client) -> None:
    task = await ada.make_task()
    entry = await start(ada, task)
    grace.workspace = ada.workspace

    assert problem(await grace.send("GET", f"time_entries/{entry['id']}")) == (404, "not_found")
    await ada.invite(grace, role="viewer")
    assert await grace.get(f"time_entries/{entry['id']}") == entry
    assert problem(await grace.send("POST", "time_entries", {"task_id": task["id"]})) == (403, "not_allowed")


async def test_a_deleted_entry_is_gone_and_its_id_is_never_given_again(ada: Client) -> None:
    task = await ada.make_task()
    entry = await start(ada, task)

    assert (await ada.send("DELETE", f"time_entries/{entry['id']}")).status_code == 204
    assert problem(await ada.send("GET", f"time_entries/{entry['id']}")) == (404, "not_found")
    assert problem(await ada.send("POST", "time_entries", {"id": entry["id"], "task_id": task["id"]})) == (409, "id_taken")
