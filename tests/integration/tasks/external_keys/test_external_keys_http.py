"""External keys of tasks: who has one, who may get it, and where it is shown."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from support.harness.api import Api, ok
from support.harness.problems import problem
from support.harness.undoing import last_seq, undo
from taskhub.container import Container
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.tasks.application.background.purge_trash import RETENTION
from taskhub.testing.conformance.round_trips import recording_round_trips

KEY = "github:org/repo#12"
EXTERNAL: dict[str, Any] = {"external_keys": [KEY]}


@pytest.fixture
def round_trips(database: Database) -> Iterator[list[str]]:
    with recording_round_trips(database) as round_trips:
        yield round_trips


async def taken(api: Api, owner: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = await api.post("tasks", {"project_id": api.project["id"], "title": "Another", **(body or EXTERNAL)})
    document = problem(answer, 409, "external_key_taken")
    assert document["task_id"] == owner["id"]
    return document


async def test_they_are_told_the_same_everywhere(ada: Api) -> None:
    task = await ada.add_task(external_keys=["b", "a", "b"])
    assert task["external_keys"] == ["a", "b"]
    assert ok(await ada.get(f"tasks/{task['id']}")) == task
    assert ok(await ada.get("tasks"))["items"] == [task]
    assert ok(await ada.get("changes", type="task.created"))["items"][0]["snapshot"] == task


async def test_a_task_without_any_has_an_empty_list(ada: Api) -> None:
    assert (await ada.add_task())["external_keys"] == []


async def test_they_are_changed_and_taken_off(ada: Api) -> None:
    task = await ada.add_task(**EXTERNAL)
    for keys in (["a", "b"], ["b", "c"], []):
        task = ok(await ada.patch(f"tasks/{task['id']}", {"external_keys": keys}))
        assert task["external_keys"] == keys
    changes = [entry["changes"] for entry in ok(await ada.get(f"tasks/{task['id']}/history"))["items"]]
    assert [change["external_keys"] for change in changes] == [
        [["b", "c"], []],
        [["a", "b"], ["b", "c"]],
        [[KEY], ["a", "b"]],
        [None, [KEY]],
    ]


async def test_one_belongs_to_one_task(ada: Api) -> None:
    task = await ada.add_task(**EXTERNAL)
    document = await taken(ada, task, external_keys=["free", KEY])
    assert [error["pointer"] for error in document["errors"]] == ["/external_keys/1"]
    other = await ada.add_task(external_keys=["other"])
    answer = await ada.patch(f"tasks/{other['id']}", {"external_keys": ["other", KEY]})
    assert problem(answer, 409, "external_key_taken")["errors"][0]["pointer"] == "/external_keys/1"
    assert ok(await ada.get("tasks"))["items"] == [other, task]


async def test_one_is_free_in_another_workspace(ada: Api) -> None:
    await ada.add_task(**EXTERNAL)
    await ada.open_workspace()
    await ada.open_project()
    assert (await ada.add_task(**EXTERNAL))["external_keys"] == [KEY]


async def test_they_are_compared_as_they_were_sent(ada: Api) -> None:
    keys = ["a", "A", " a", "a ", "å", "a\u030a", "a\u200b"]
    tasks = [await ada.add_task(external_keys=[key]) for key in keys]
    assert [ok(await ada.get("tasks", external_key=key))["items"] for key in keys] == [[task] for task in tasks]


async def test_one_goes_over_to_another_task_once_it_is_taken_off(ada: Api) -> None:
    task, other = await ada.add_task(**EXTERNAL), await ada.add_task()
    ok(await ada.patch(f"tasks/{task['id']}", {"external_keys": []}))
    other = ok(await ada.patch(f"tasks/{other['id']}", EXTERNAL))
    assert ok(await ada.get("tasks", external_key=KEY))["items"] == [other]
    await taken(ada, other)


async def test_the_trash_keeps_them(ada: Api) -> None:
    task = await ada.add_task(**EXTERNAL)
    await ada.delete(f"tasks/{task['id']}")
    await taken(ada, task)
    assert ok(await ada.get("tasks", external_key=KEY))["items"] == []
    assert [one["id"] for one in ok(await ada.get("tasks", external_key=KEY, deleted="true"))["items"]] == [task["id"]]
    assert ok(await ada.post(f"tasks/{task['id']}/restore"))["external_keys"] == [KEY]


async def test_a_move_to_another_project_keeps_them(ada: Api) -> None:
    task, project = await ada.add_task(**EXTERNAL), await ada.open_project(key="WEB")
    moved = ok(await ada.post(f"tasks/{task['id']}/move", {"to": "last", "project_id": project["id"]}))
    assert (moved["key"], moved["external_keys"]) == ("WEB-1", [KEY])
    assert ok(await ada.get("tasks", external_key=KEY))["items"] == [moved]


async def test_those_of_a_purged_task_are_never_given_again_and_their_text_is_gone(
    ada: Api, container: Container, database: Database
) -> None:
    task = await ada.add_task(**EXTERNAL)
    await ada.delete(f"tasks/{task['id']}")
    for purge in container.modules["tasks"].purges():
        await purge.remove(database, system_clock() + RETENTION + timedelta(minutes=1))
    assert (await ada.get(f"tasks/{task['id']}", deleted="true")).status_code == 404
    await taken(ada, task)
    log = ok(await ada.get("changes", entity_id=task["id"]))["items"]
    assert log
    assert KEY not in str(log)


@pytest.mark.parametrize(
    ("keys", "code", "pointer"),
    [
        ([""], "blank", "/external_keys/0"),
        (["ok", " \u200b"], "blank", "/external_keys/1"),
        (["a\nb"], "control_character", "/external_keys/0"),
        (["a\u2028b"], "control_character", "/external_keys/0"),
        (["\x7f"], "blank", "/external_keys/0"),
        (["x" * 256], "too_long", "/external_keys/0"),
        ([str(number) for number in range(11)], "too_long", "/external_keys"),
        ([7], "wrong_type", "/external_keys/0"),
        ("github:1", "wrong_type", "/external_keys"),
        (None, "wrong_type", "/external_keys"),
    ],
)
async def test_what_can_be_no_external_key_is_refused(ada: Api, keys: Any, code: str, pointer: str) -> None:
    task = await ada.add_task()
    body = {"project_id": ada.project["id"], "title": "Oil", "external_keys": keys}
    for answer in (await ada.post("tasks", body), await ada.patch(f"tasks/{task['id']}", {"external_keys": keys})):
        faults = problem(answer, 422, "validation_failed")["errors"]
        assert [(fault["code"], fault["pointer"]) for fault in faults] == [(code, pointer)]


async def test_a_batch_takes_one_off_and_gives_it_to_another(ada: Api) -> None:
    task, other = await ada.add_task(**EXTERNAL), await ada.add_task()
    items = [{"id": task["id"], "patch": {"external_keys": []}}, {"id": other["id"], "patch": EXTERNAL}]
    turned = await ada.post("tasks/bulk_update", {"items": items[::-1]})
    assert problem(turned, 409, "external_key_taken")["errors"][0]["pointer"] == "/items/0/patch/external_keys/0"
    after = ok(await ada.post("tasks/bulk_update", {"items": items}))["items"]
    assert [(one["external_keys"], one["version"]) for one in after] == [([], 2), ([KEY], 2)]
    assert ok(await ada.get("tasks", external_key=KEY))["items"] == [after[1]]


async def test_two_tasks_of_a_batch_can_not_both_have_one(ada: Api) -> None:
    new = [{"project_id": ada.project["id"], "title": "New", **EXTERNAL} for _ in range(2)]
    answer = await ada.post("tasks/bulk_create", {"items": new})
    assert problem(answer, 409, "external_key_taken")["errors"][0]["pointer"] == "/items/1/external_keys/0"
    assert ok(await ada.get("tasks"))["items"] == []


async def test_a_batch_creates_tasks_with_some(ada: Api) -> None:
    new = [{"project_id": ada.project["id"], "title": "New", "external_keys": [f'"{n}\\', f"{{{n}}}"]} for n in range(3)]
    items = ok(await ada.post("tasks/bulk_create", {"items": new}))["items"]
    assert [item["external_keys"] for item in items] == [sorted(item["external_keys"]) for item in new]
    found = ok(await ada.get("tasks", external_key=['"0\\', "{2}", "no"]))["items"]
    assert {item["id"] for item in found} == {items[0]["id"], items[2]["id"]}


async def test_the_filter_goes_with_others(ada: Api) -> None:
    task = await ada.add_task(**EXTERNAL)
    assert ok(await ada.get("tasks", external_key=KEY, status="todo"))["items"] == [task]
    assert ok(await ada.get("tasks", external_key=KEY, status="done"))["items"] == []
    assert ok(await ada.get("tasks", external_key=KEY, q="oil"))["items"] == [task]
    assert ok(await ada.get("tasks", external_key="github:none"))["items"] == []
    answer = await ada.get("tasks", external_key="x" * 256)
    assert problem(answer, 422, "validation_failed")["errors"][0]["parameter"] == "external_key"


async def test_as_of_a_moment_a_task_has_those_that_it_had_then(ada: Api) -> None:
    task, other = await ada.add_task(**EXTERNAL), await ada.add_task()
    then = await last_seq(ada)
    ok(await ada.patch(f"tasks/{task['id']}", {"external_keys": []}))
    ok(await ada.patch(f"tasks/{other['id']}", EXTERNAL))
    assert ok(await ada.get("tasks", external_key=KEY, as_of=then))["items"] == [task]
    assert ok(await ada.get(f"tasks/{task['id']}", as_of=then)) == task
    assert [one["id"] for one in ok(await ada.get("tasks", external_key=KEY, as_of=await last_seq(ada)))["items"]] == [
        other["id"]
    ]


async def test_an_undo_gives_them_back_and_takes_them_off(ada: Api) -> None:
    task = await ada.add_task(external_keys=["a", "b"])
    ok(await ada.patch(f"tasks/{task['id']}", {"external_keys": ["b", "c"]}))
    seq = await last_seq(ada)
    ok(await ada.patch(f"tasks/{task['id']}", {"external_keys": ["b", "c", "d"]}))
    await undo(ada, seq)
    assert ok(await ada.get(f"tasks/{task['id']}"))["external_keys"] == ["a", "b", "d"]
    await undo(ada, await last_seq(ada))
    assert ok(await ada.get(f"tasks/{task['id']}"))["external_keys"] == ["b", "c", "d"]
    assert (await ada.add_task(external_keys=["a"]))["external_keys"] == ["a"]


async def test_an_undo_can_not_give_back_what_another_task_got(ada: Api) -> None:
    task = await ada.add_task(**EXTERNAL)
    ok(await ada.patch(f"tasks/{task['id']}", {"external_keys": []}))
    seq = await last_seq(ada)
    other = await ada.add_task(**EXTERNAL)
    document = problem(await ada.post(f"changes/{seq}/undo"), 409, "changed_since")
    assert document["changed"] == [{"entity_type": "task", "entity_id": task["id"], "fields": ["external_keys"]}]
    ok(await ada.patch(f"tasks/{other['id']}", {"external_keys": []}))
    await undo(ada, seq)
    assert ok(await ada.get(f"tasks/{task['id']}"))["external_keys"] == [KEY]


async def test_an_undo_turns_a_batch_around_that_has_handed_one_over(ada: Api) -> None:
    task, other = await ada.add_task(**EXTERNAL), await ada.add_task()
    items = [{"id": task["id"], "patch": {"external_keys": []}}, {"id": other["id"], "patch": EXTERNAL}]
    ok(await ada.post("tasks/bulk_update", {"items": items}))
    for owner in (task, other, task):
        await undo(ada, await last_seq(ada))
        assert [one["id"] for one in ok(await ada.get("tasks", external_key=KEY))["items"]] == [owner["id"]]
        await taken(ada, owner)


async def test_an_undone_creation_keeps_them_in_the_trash(ada: Api) -> None:
    task = await ada.add_task(**EXTERNAL)
    await undo(ada, await last_seq(ada))
    await taken(ada, task)
    await undo(ada, await last_seq(ada))
    assert ok(await ada.get(f"tasks/{task['id']}"))["external_keys"] == [KEY]


async def test_a_retry_with_the_same_key_is_answered_the_same(ada: Api) -> None:
    body = {"project_id": ada.project["id"], "title": "Oil", **EXTERNAL}
    first, again = [await ada.post("tasks", body, idempotency_key="k") for _ in range(2)]
    assert (first.status_code, first.content, again.headers["idempotency-replayed"]) == (201, again.content, "true")


@pytest.mark.not_on_citus(reason="a commit is several statements there")
async def test_to_create_with_some_costs_no_round_trip(ada: Api, round_trips: list[str]) -> None:
    await ada.add_task()
    round_trips.clear()
    await ada.add_task(external_keys=["a", "b"])
    assert len(round_trips) == 1


@pytest.mark.not_on_citus(reason="a commit is several statements there")
async def test_to_take_one_off_costs_six(ada: Api, round_trips: list[str]) -> None:
    task = await ada.add_task(external_keys=["a"])
    round_trips.clear()
    ok(await ada.patch(f"tasks/{task['id']}", {"external_keys": ["b"]}))
    assert len(round_trips) == 6
