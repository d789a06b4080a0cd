"""Blockers: tasks that wait for others, in any project of the workspace."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from integration.tasks.test_after_effects import purge
from support.harness.api import Api, ok
from support.harness.problems import problem, without_request_id
from taskhub.container import Container
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.tasks.application.background.purge_trash import RETENTION
from taskhub.tasks.domain.blockers import MAX_BLOCKERS
from taskhub.tasks.domain.errors import MAX_IN_PATH


async def titles(api: Api, **parameters: Any) -> set[str]:
    return {task["title"] for task in ok(await api.get("tasks", **parameters))["items"]}


async def test_a_task_waits_for_another_and_no_more(ada: Api) -> None:
    task = await ada.add_task()
    await ada.open_project(key="WEB")
    other = await ada.add_task()
    path = f"tasks/{task['key']}/blockers/{other['key']}"
    answer = await ada.put(path, if_match='"1"')
    assert (answer.status_code, answer.json()["blocked_by_ids"], answer.headers["etag"]) == (200, [other["id"]], '"2"')
    assert answer.headers["content-location"] == ada.at(f"tasks/{task['id']}")
    assert ok(await ada.put(f"tasks/{task['id']}/blockers/{other['id']}")) == answer.json(), "it waits for it already"
    assert ok(await ada.get(f"tasks/{other['id']}")) == other, "a blocker is not changed by who waits for it"
    off = await ada.delete(path, if_match='"2"')
    assert (off.json()["blocked_by_ids"], off.json()["version"]) == ([], 3)
    assert ok(await ada.delete(path)) == off.json(), "it does not wait for it any more"


async def test_if_match_on_a_blocker_names_the_task_that_waits(ada: Api) -> None:
    task, other = await ada.add_task(), await ada.add_task()
    ok(await ada.patch(f"tasks/{other['id']}", {"title": "Newer"}))
    path = f"tasks/{task['id']}/blockers/{other['id']}"
    for call in (ada.put, ada.delete):
        assert problem(await call(path, if_match='"2"'), 412, "stale_version")["current_version"] == 1
    assert ok(await ada.get(f"tasks/{task['id']}")) == task


async def test_blockers_are_set_as_a_whole_without_order_and_repeats(ada: Api) -> None:
    one, two = sorted([(await ada.add_task())["id"], (await ada.add_task())["id"]])
    task = await ada.add_task(blocked_by_ids=[two, one, two])
    assert task["blocked_by_ids"] == [one, two]
    path = f"tasks/{task['id']}"
    assert ok(await ada.patch(path, {"blocked_by_ids": [one, two]})) == task
    assert ok(await ada.patch(path, {"blocked_by_ids": [two]}))["blocked_by_ids"] == [two]
    for wrong in (None, ["OPS_1"], "none", [None], one):
        problem(await ada.patch(path, {"blocked_by_ids": wrong}), 422, "validation_failed")


async def test_a_task_waits_for_so_many_others_and_no_more(ada: Api) -> None:
    items = [{"project_id": ada.project["id"], "title": "One of many"}] * (MAX_BLOCKERS + 1)
    ids = [task["id"] for task in ok(await ada.post("tasks/bulk_create", {"items": items}))["items"]]
    task = await ada.add_task(blocked_by_ids=ids[:-1])
    problem(await ada.patch(f"tasks/{task['id']}", {"blocked_by_ids": ids}), 422, "validation_failed")
    problem(await ada.put(f"tasks/{task['id']}/blockers/{ids[-1]}"), 409, "too_many_blockers")
    assert ok(await ada.get(f"tasks/{task['id']}")) == task


async def test_a_way_round_is_refused_with_the_way_also_across_projects(ada: Api) -> None:
    one = await ada.add_task()
    await ada.open_project(key="WEB")
    two = await ada.add_task(blocked_by_ids=[one["id"]])
    three = await ada.add_task(blocked_by_ids=[two["id"]])
    for task, blocker, path in ((one, three, [one, three, two, one]), (one, two, [one, two, one]), (one, one, [one, one])):
        for answer in (
            await ada.put(f"tasks/{task['id']}/blockers/{blocker['id']}"),
            await ada.patch(f"tasks/{task['id']}", {"blocked_by_ids": [blocker["id"]]}),
        ):
            assert problem(answer, 409, "cycle")["path"] == [each["id"] for each in path]
    assert ok(await ada.get(f"tasks/{one['id']}")) == one


async def test_of_a_very_long_way_the_first_part_is_told(ada: Api) -> None:
    ids = [str(uuid4()) for _ in range(300)]
    items = [
        {"id": id, "project_id": ada.project["id"], "title": "In a line", "blocked_by_ids": [before] if before else []}
        for before, id in zip([None, *ids], ids, strict=False)
    ]
    ok(await ada.post("tasks/bulk_create", {"items": items}))
    path = problem(await ada.put(f"tasks/{ids[0]}/blockers/{ids[-1]}"), 409, "cycle")["path"]
    assert path == [ids[0], *ids[::-1]][:MAX_IN_PATH]


async def test_a_way_through_the_trash_is_a_way(ada: Api) -> None:
    one = await ada.add_task()
    two = await ada.add_task(blocked_by_ids=[one["id"]])
    three = await ada.add_task(blocked_by_ids=[two["id"]])
    await ada.delete(f"tasks/{two['id']}")
    problem(await ada.put(f"tasks/{one['id']}/blockers/{three['id']}"), 409, "cycle")


async def test_a_foreign_blocker_answers_like_a_missing_one_and_changes_nothing(ada: Api, elsewhere: Api) -> None:
    task, trashed, foreign = await ada.add_task(), await ada.add_task(), await elsewhere.add_task()
    await ada.delete(f"tasks/{trashed['id']}")
    path = f"tasks/{task['id']}"
    wrong = [foreign["id"], str(uuid4()), trashed["id"]]
    put = [await ada.put(f"{path}/blockers/{id}") for id in (*wrong, "OPS-99", "x")]
    problem(put[0], 404, "not_found")
    assert all(without_request_id(answer) == without_request_id(put[0]) for answer in put)
    taken_off = [await ada.delete(f"{path}/blockers/{id}") for id in wrong]
    assert all(ok(answer) == task for answer in taken_off)
    for method, where, body in (("PATCH", path, {}), ("POST", "tasks", {"project_id": ada.project["id"], "title": "New"})):
        answers = [await ada.send(method, where, {**body, "blocked_by_ids": [id]}) for id in wrong]
        assert problem(answers[0], 422, "unknown_reference")["errors"][0]["pointer"] == "/blocked_by_ids/0"
        assert all(without_request_id(answer) == without_request_id(answers[0]) for answer in answers)
    assert ok(await ada.get("tasks"))["items"] == [task]


async def test_a_blocker_that_goes_to_the_trash_stays_named_and_may_be_taken_off(ada: Api) -> None:
    one, two = await ada.add_task(), await ada.add_task()
    task = await ada.add_task(blocked_by_ids=[one["id"], two["id"]])
    for blocker in (one, two):
        await ada.delete(f"tasks/{blocker['id']}")
    path = f"tasks/{task['id']}"
    assert ok(await ada.get(path)) == task
    assert ok(await ada.patch(path, {"blocked_by_ids": task["blocked_by_ids"], "title": "Still"}))["title"] == "Still"
    ok(await ada.delete(f"{path}/blockers/{one['key']}"))
    assert ok(await ada.delete(f"{path}/blockers/{two['id']}"))["blocked_by_ids"] == []


async def test_a_blocker_that_is_gone_for_good_is_waited_for_no_more(ada: Api, container: Container, database: Database) -> None:
    gone, kept = await ada.add_task(), await ada.add_task()
    task = await ada.add_task(blocked_by_ids=[gone["id"], kept["id"]])
    await ada.delete(f"tasks/{gone['id']}")
    await purge(container.modules["tasks"], database, RETENTION + timedelta(minutes=1))
    after = ok(await ada.get(f"tasks/{task['id']}"))
    assert (after["blocked_by_ids"], after["version"]) == ([kept["id"]], 2)
    latest = ok(await ada.get(f"tasks/{task['id']}/history"))["items"][0]
    assert latest["changes"] == {"blocked_by_ids": [task["blocked_by_ids"], [kept["id"]]]}
    problem(await ada.get(f"tasks/{gone['key']}"), 404, "not_found")


async def test_blocked_means_that_a_blocker_is_open(ada: Api) -> None:
    blockers = {title: await ada.add_task(title) for title in ("open", "done", "cancelled", "trashed", "also open")}
    for title, blocker in blockers.items():
        await ada.add_task(f"waits for {title}", blocked_by_ids=[blocker["id"]])
    await ada.add_task("waits for two", blocked_by_ids=[blockers["done"]["id"], blockers["open"]["id"]])
    await ada.patch(f"tasks/{blockers['done']['id']}", {"status": "done"})
    await ada.patch(f"tasks/{blockers['cancelled']['id']}", {"status": "cancelled"})
    await ada.delete(f"tasks/{blockers['trashed']['id']}")
    waiting = {"waits for open", "waits for also open", "waits for two"}
    assert await titles(ada, blocked="true") == waiting
    everything = await titles(ada)
    assert await titles(ada, blocked="false") == everything - waiting
    assert await titles(ada, blocked="true", q="two") == {"waits for two"}
    await ada.patch(f"tasks/{blockers['done']['id']}", {"status": "todo"})
    await ada.post(f"tasks/{blockers['trashed']['id']}/restore")
    assert await titles(ada, blocked="true") == waiting | {"waits for done", "waits for trashed"}


async def test_tasks_are_found_by_who_waits_for_them(ada: Api) -> None:
    one, two = await ada.add_task("one"), await ada.add_task("two")
    first = await ada.add_task("first", blocked_by_ids=[one["id"]])
    second = await ada.add_task("second", blocked_by_ids=[one["id"], two["id"]])
    assert await titles(ada, blocks=first["id"]) == {"one"}
    assert await titles(ada, blocks=[first["id"], second["id"]]) == {"one", "two"}
    assert await titles(ada, blocks=one["id"]) == await titles(ada, blocks=str(uuid4())) == set()
    for parameters in ({"blocks": ada.project["key"]}, {"blocks": "none"}, {"blocked": "yes"}, {"blocked": ["true", "false"]}):
        problem(await ada.get("tasks", **parameters), 422, "validation_failed")


async def test_an_archived_project_keeps_its_blockers_and_may_still_be_waited_for(ada: Api) -> None:
    blocker = await ada.add_task()
    task = await ada.add_task(blocked_by_ids=[blocker["id"]])
    await ada.post(f"projects/{ada.project['id']}/archive")
    problem(await ada.delete(f"tasks/{task['id']}/blockers/{blocker['id']}"), 409, "project_archived")
    problem(await ada.put(f"tasks/{blocker['id']}/blockers/{(await other_task(ada))['id']}"), 409, "project_archived")
    waiting = await other_task(ada)
    assert ok(await ada.put(f"tasks/{waiting['id']}/blockers/{blocker['id']}"))["blocked_by_ids"] == [blocker["id"]]


async def other_task(api: Api) -> dict[str, Any]:
    """A task of a project of its own."""
    return await api.add_task(project_id=(await api.open_project(key=f"P{uuid4().hex[:6].upper()}"))["id"])
