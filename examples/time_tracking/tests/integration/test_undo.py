"""What is done to time entries can be undone, by the rules of this module."""

from typing import Any

import pytest
from taskhub.modules.discovery import installed_modules

from client import Client, ok, problem

OF_ITSELF = {"version", "updated_at"}
"""What every change changes."""


async def last_seq(client: Client) -> int:
    return int((await client.get("changes?limit=1000"))["items"][-1]["seq"])


async def undo(client: Client) -> dict[str, Any]:
    """Undoes the last command. Returns the change of the undo."""
    (change,) = (await client.post(f"changes/{await last_seq(client)}/undo"))["items"]
    return dict(change)


def without_version(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in OF_ITSELF}


async def entry_of(client: Client) -> dict[str, Any]:
    entry: dict[str, Any] = await client.post("time_entries", {"task_id": (await client.make_task())["id"], "note": "Oil"})
    return entry


@pytest.mark.parametrize("command", ["stop", "change", "delete"])
async def test_it_gives_the_former_entry_and_its_undo_the_later_one(ada: Client, command: str) -> None:
    entry = await entry_of(ada)
    path = f"time_entries/{entry['id']}"
    calls: dict[str, tuple[str, str, Any]] = {
        "stop": ("POST", f"{path}/stop", None),
        "change": ("PATCH", path, {"note": "Other", "started_at": "2026-01-01T00:00:00Z"}),
        "delete": ("DELETE", path, None),
    }
    ok(await ada.send(*calls[command]))
    after = await ada.send("GET", path)
    await undo(ada)
    assert without_version(await ada.get(path)) == without_version(entry)
    await undo(ada)
    again = await ada.send("GET", path)
    assert again.status_code == after.status_code
    if command != "delete":
        assert without_version(ok(again)) == without_version(ok(after))


async def test_an_entry_that_was_started_is_deleted_and_comes_back(ada: Client) -> None:
    entry = await entry_of(ada)
    assert (await undo(ada))["type"] == "time_entry.deleted"
    assert (await ada.get("time_entries"))["items"] == []
    restored = await undo(ada)
    assert (restored["type"], restored["entity_version"]) == ("time_entry.restored", 3)
    (found,) = (await ada.get("time_entries"))["items"]
    assert found == restored["snapshot"]
    assert without_version(found) == without_version(entry)


async def test_what_was_changed_since_is_named(ada: Client) -> None:
    entry = await entry_of(ada)
    path = f"time_entries/{entry['id']}"
    await ada.patch(path, {"note": "One"})
    seq = await last_seq(ada)
    await ada.patch(path, {"note": "Two"})
    refusal = await ada.send("POST", f"changes/{seq}/undo")
    assert problem(refusal) == (409, "changed_since")
    assert [thing["fields"] for thing in refusal.json()["changed"]] == [["note"]]


async def test_a_second_entry_does_not_run_beside_another_one(ada: Client) -> None:
    entry = await entry_of(ada)
    await ada.post(f"time_entries/{entry['id']}/stop")
    seq = await last_seq(ada)
    await entry_of(ada)
    assert problem(await ada.send("POST", f"changes/{seq}/undo")) == (409, "time_entry_running")


async def test_nothing_runs_again_on_a_task_that_is_closed(ada: Client) -> None:
    entry = await entry_of(ada)
    await ada.post(f"time_entries/{entry['id']}/stop")
    seq = await last_seq(ada)
    await ada.patch(f"tasks/{entry['task_id']}", {"status": "done"})
    assert problem(await ada.send("POST", f"changes/{seq}/undo")) == (409, "task_closed")


async def test_the_time_of_others_stays_as_it_is(ada: Client, grace: Client) -> None:
    await ada.invite(grace)
    entry = await entry_of(ada)
    await ada.patch(f"time_entries/{entry['id']}", {"note": "Other"})
    seq = await last_seq(ada)
    assert problem(await grace.send("POST", f"changes/{seq}/undo")) == (403, "not_allowed")


def test_every_type_of_event_says_how_it_is_undone() -> None:
    (module,) = (one for one in installed_modules() if one.name == "time_tracking")
    assert module.undo.keys() == module.events.keys()
