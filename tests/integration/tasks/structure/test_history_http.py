"""The history of a task, as a client reads it."""

from datetime import timedelta
from typing import Any

from integration.tasks.reads.test_lists_over_http import walk
from integration.tasks.structure.conftest import Meet
from integration.tasks.test_after_effects import purge
from support.harness.api import Api, ok
from support.harness.problems import problem
from support.harness.waiting import eventually
from taskhub.container import Container
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.tasks.application.background.purge_trash import RETENTION

MEMBERS = ["seq", "type", "occurred_at", "actor_id", "version", "changes"]


async def history(api: Api, task: dict[str, Any], **parameters: Any) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = ok(await api.get(f"tasks/{task['id']}/history", **parameters))["items"]
    return entries


async def test_a_new_task_begins_its_history_with_all_that_it_is(ada: Api) -> None:
    task = await ada.add_task(priority="high")
    (entry,) = await history(ada, task)
    assert list(entry) == MEMBERS
    assert (entry["type"], entry["version"], entry["actor_id"]) == ("task.created", 1, ada.user["id"])
    assert entry["occurred_at"] == task["created_at"]
    given = {name: value for name, value in task.items() if value is not None and name not in ("version", "updated_at")}
    assert entry["changes"] == {name: [None, value] for name, value in given.items()}


async def test_every_change_is_told_newest_first_with_what_was_and_what_is(ada: Api) -> None:
    label = ok(await ada.post("labels", {"name": "Bug"}))
    task, other = await ada.add_task(), await ada.add_task()
    path = f"tasks/{task['id']}"
    await ada.patch(path, {"title": "Grease the engine", "due": {"date": "2026-03-01"}})
    await ada.put(f"{path}/labels/{label['id']}")
    await ada.put(f"{path}/blockers/{other['id']}")
    await ada.post(f"{path}/move", {"to": "last"})
    await ada.patch(path, {"title": "Grease the engine"})
    trashed = (await ada.delete(path), ok(await ada.get(path, deleted="true")))[1]
    restored = ok(await ada.post(f"{path}/restore"))
    entries = await history(ada, task)
    assert [(entry["type"], entry["version"]) for entry in entries] == [
        ("task.restored", 7),
        ("task.trashed", 6),
        ("task.moved", 5),
        ("task.updated", 4),
        ("task.updated", 3),
        ("task.updated", 2),
        ("task.created", 1),
    ]
    assert [entry["changes"] for entry in entries[:-1]] == [
        {"deleted_at": [trashed["deleted_at"], None]},
        {"deleted_at": [None, trashed["deleted_at"]]},
        {},
        {"blocked_by_ids": [[], [other["id"]]]},
        {"label_ids": [[], [label["id"]]]},
        {
            "title": ["Oil the engine", "Grease the engine"],
            "due": [None, {"date": "2026-03-01", "time": None, "time_zone": None}],
        },
    ]
    assert entries[0]["occurred_at"] == restored["updated_at"]
    assert [entry["seq"] for entry in entries] == sorted((entry["seq"] for entry in entries), reverse=True)


async def test_comments_are_a_part_of_it_deleted_ones_too(ada: Api, meet: Meet) -> None:
    task, other, member = await ada.add_task(), await ada.add_task(), await meet("member")
    comment = ok(await member.post(f"tasks/{task['id']}/comments", {"body": "Done yet?"}))
    await ada.post(f"tasks/{other['id']}/comments", {"body": "Elsewhere"})
    path = f"tasks/{task['id']}/comments/{comment['id']}"
    edited = ok(await member.patch(path, {"body": "Done!"}))
    await ada.delete(path)
    deleted, updated, created, _ = await history(ada, task)
    assert [(entry["type"], entry["version"], entry["actor_id"]) for entry in (deleted, updated, created)] == [
        ("comment.deleted", 3, ada.user["id"]),
        ("comment.updated", 2, member.user["id"]),
        ("comment.created", 1, member.user["id"]),
    ]
    assert created["changes"]["id"] == [None, comment["id"]]
    assert updated["changes"] == {"body": ["Done yet?", "Done!"], "edited_at": [None, edited["edited_at"]]}


async def test_it_goes_on_over_pages(ada: Api) -> None:
    task = await ada.add_task()
    for n in range(6):
        await ada.patch(f"tasks/{task['id']}", {"title": f"Title {n}"})
        await ada.post(f"tasks/{task['id']}/comments", {"body": f"Comment {n}"})
    whole = await history(ada, task)
    assert len(whole) == 13
    for name in (task["id"], task["key"]):
        assert await walk(ada, f"tasks/{name}/history", limit=5) == whole


async def test_it_survives_the_trash_until_the_task_is_gone_for_good(ada: Api, container: Container, database: Database) -> None:
    task = await ada.add_task()
    await ada.post(f"tasks/{task['id']}/comments", {"body": "Remember me"})
    await ada.delete(f"tasks/{task['id']}")
    assert [entry["type"] for entry in await history(ada, task)] == ["task.trashed", "comment.created", "task.created"]
    assert ok(await ada.get(f"tasks/{task['key']}/history"))["items"] == await history(ada, task)
    await purge(container.modules["tasks"], database, RETENTION + timedelta(minutes=1))
    problem(await ada.get(f"tasks/{task['id']}/history"), 404, "not_found")
    problem(await ada.get(f"tasks/{task['key']}/history"), 404, "not_found")


async def test_what_nobody_did_has_no_actor(ada: Api, meet: Meet) -> None:
    member = await meet("member")
    task = await ada.add_task(assignee_ids=[member.user["id"]])
    await member.delete("members/me")

    async def released() -> bool:
        return len(await history(ada, task)) == 2

    await eventually(released)
    latest, _ = await history(ada, task)
    assert (latest["actor_id"], latest["changes"]) == (None, {"assignee_ids": [[member.user["id"]], []]})


async def test_viewers_read_it_and_strangers_do_not(ada: Api, meet: Meet, elsewhere: Api) -> None:
    task, viewer = await ada.add_task(), await meet("viewer")
    assert await history(viewer, task) == await history(ada, task)
    problem(await elsewhere.get(f"tasks/{task['id']}/history"), 404, "not_found")
    problem(await elsewhere.get(ada.at(f"tasks/{task['id']}/history")), 404, "not_found")
