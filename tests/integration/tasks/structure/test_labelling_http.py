"""Labels on tasks: put there, taken off, asked for, and gone with their label."""

from typing import Any
from uuid import uuid4

from support.harness.api import Api, ok
from support.harness.problems import problem, without_request_id
from taskhub.tasks.domain.task import MAX_LABELS


async def add_label(api: Api, name: str) -> str:
    return str(ok(await api.post("labels", {"name": name}))["id"])


async def titles(api: Api, **parameters: Any) -> set[str]:
    return {task["title"] for task in ok(await api.get("tasks", **parameters))["items"]}


async def test_a_label_is_put_on_a_task_and_taken_off(ada: Api) -> None:
    label, other, task = await add_label(ada, "Bug"), await add_label(ada, "UI"), await ada.add_task()
    path = f"tasks/{task['key']}/labels/{label}"
    answer = await ada.put(path, if_match='"1"')
    assert (answer.status_code, answer.json()["label_ids"], answer.headers["etag"]) == (200, [label], '"2"')
    assert answer.headers["content-location"] == ada.at(f"tasks/{task['id']}")
    both = ok(await ada.put(f"tasks/{task['id']}/labels/{other}"))
    assert (both["label_ids"], both["version"]) == (sorted([label, other]), 3)
    assert ok(await ada.put(path)) == both, "what is there already changes nothing"
    off = await ada.delete(path, if_match='"3"')
    assert (off.status_code, off.json()["label_ids"], off.headers["etag"]) == (200, [other], '"4"')
    assert ok(await ada.delete(path)) == off.json(), "what is not there any more changes nothing"


async def test_if_match_on_a_label_of_a_task_names_the_task(ada: Api) -> None:
    label, task = await add_label(ada, "Bug"), await ada.add_task()
    ok(await ada.patch(f"labels/{label}", {"color": "#000000"}))
    path = f"tasks/{task['id']}/labels/{label}"
    for call in (ada.put, ada.delete):
        refused = await call(path, if_match='"2"')
        assert problem(refused, 412, "stale_version")["current_version"] == 1
        assert refused.headers["etag"] == '"1"'
        problem(await call(path, if_match='W/"1"'), 412, "stale_version")
        problem(await call(path, if_match="1"), 400, "invalid_header")
    assert ok(await ada.get(f"tasks/{task['id']}")) == task
    assert ok(await ada.put(path, if_match='"7", "1"'))["version"] == 2
    assert ok(await ada.delete(path, if_match="*"))["version"] == 3


async def test_labels_are_set_as_a_whole_without_order_and_repeats(ada: Api) -> None:
    one, two = sorted([await add_label(ada, "1"), await add_label(ada, "2")])
    task = await ada.add_task(label_ids=[two, one, two])
    assert task["label_ids"] == [one, two]
    path = f"tasks/{task['id']}"
    assert ok(await ada.patch(path, {"label_ids": [one, two, one]})) == task
    assert ok(await ada.patch(path, {"label_ids": []}))["label_ids"] == []
    assert ok(await ada.put(f"{path}/labels/{one.upper()}"))["label_ids"] == [one]
    nonsense: tuple[Any, ...] = (None, [None], "none", [1], ["x"], {}, [one, {}])
    for wrong in nonsense:
        problem(await ada.patch(path, {"label_ids": wrong}), 422, "validation_failed")


async def test_a_task_takes_so_many_labels_and_no_more(ada: Api) -> None:
    labels = [await add_label(ada, f"L{n}") for n in range(MAX_LABELS + 1)]
    task = await ada.add_task(label_ids=labels[:-1])
    problem(await ada.patch(f"tasks/{task['id']}", {"label_ids": labels}), 422, "validation_failed")
    problem(await ada.put(f"tasks/{task['id']}/labels/{labels[-1]}"), 409, "too_many_labels")
    assert ok(await ada.get(f"tasks/{task['id']}")) == task


async def test_a_foreign_label_answers_like_a_missing_one_and_changes_nothing(ada: Api, elsewhere: Api) -> None:
    foreign, missing, task = await add_label(elsewhere, "Theirs"), str(uuid4()), await ada.add_task()
    path = f"tasks/{task['id']}"
    put = [await ada.put(f"{path}/labels/{id}") for id in (foreign, missing)]
    problem(put[0], 404, "not_found")
    assert without_request_id(put[0]) == without_request_id(put[1])
    taken_off = [await ada.delete(f"{path}/labels/{id}") for id in (foreign, missing)]
    assert without_request_id(taken_off[0]) == without_request_id(taken_off[1])
    for method, where, body in (
        ("PATCH", path, {}),
        ("POST", "tasks", {"project_id": ada.project["id"], "title": "New"}),
    ):
        answers = [await ada.send(method, where, {**body, "label_ids": [id]}) for id in (foreign, missing)]
        assert problem(answers[0], 422, "unknown_reference")["errors"][0]["pointer"] == "/label_ids/0"
        assert without_request_id(answers[0]) == without_request_id(answers[1])
    assert ok(await ada.get("tasks"))["items"] == [task]


async def test_a_task_in_the_trash_or_an_archived_project_takes_no_label(ada: Api) -> None:
    label, task, trashed = await add_label(ada, "Bug"), await ada.add_task(), await ada.add_task()
    await ada.delete(f"tasks/{trashed['id']}")
    for call in (ada.put, ada.delete):
        problem(await call(f"tasks/{trashed['id']}/labels/{label}"), 404, "not_found")
    ok(await ada.put(f"tasks/{task['id']}/labels/{label}"))
    ok(await ada.post(f"projects/{ada.project['id']}/archive"))
    problem(await ada.delete(f"tasks/{task['id']}/labels/{label}"), 409, "project_archived")
    problem(await ada.put(f"tasks/{task['id']}/labels/{await add_label(ada, 'UI')}"), 409, "project_archived")
    assert ok(await ada.put(f"tasks/{task['id']}/labels/{label}"))["version"] == 2, "nothing would change"


async def test_tasks_are_found_by_any_of_their_labels_or_by_having_none(ada: Api) -> None:
    bug, ui = await add_label(ada, "Bug"), await add_label(ada, "UI")
    for title, labels in (("bug", [bug]), ("ui", [ui]), ("both", [bug, ui]), ("plain", [])):
        await ada.add_task(title, label_ids=labels)
    assert await titles(ada, label_id=bug) == {"bug", "both"}
    assert await titles(ada, label_id=[bug, ui]) == {"bug", "ui", "both"}
    assert await titles(ada, label_id="none") == {"plain"}
    assert await titles(ada, label_id=["none", ui]) == {"plain", "ui", "both"}
    assert await titles(ada, label_id=str(uuid4())) == set()
    assert await titles(ada, label_id=[bug, ui], q="both") == {"both"}
    for wrong in ("me", "", "7", "None"):
        problem(await ada.get("tasks", label_id=wrong), 422, "validation_failed")


async def test_a_deleted_label_leaves_its_tasks_each_with_a_version_and_an_event(ada: Api) -> None:
    label, other = await add_label(ada, "Bug"), await add_label(ada, "UI")
    tasks = [await ada.add_task(label_ids=[label, other]), await ada.add_task(label_ids=[label])]
    untouched, trashed = await ada.add_task(label_ids=[other]), await ada.add_task(label_ids=[label])
    await ada.delete(f"tasks/{trashed['id']}")
    assert (await ada.delete(f"labels/{label}")).status_code == 204
    for task in tasks:
        after = ok(await ada.get(f"tasks/{task['id']}"))
        without = [id for id in task["label_ids"] if id != label]
        assert after == {**task, "label_ids": without, "version": 2, "updated_at": after["updated_at"]}
        latest = ok(await ada.get(f"tasks/{task['id']}/history"))["items"][0]
        assert (latest["type"], latest["version"], latest["actor_id"]) == ("task.updated", 2, ada.user["id"])
        assert latest["changes"] == {"label_ids": [task["label_ids"], without]}
    assert ok(await ada.get(f"tasks/{untouched['id']}")) == untouched
    in_trash = ok(await ada.get(f"tasks/{trashed['id']}", deleted="true"))
    assert (in_trash["label_ids"], in_trash["version"]) == ([], 3)
    assert await titles(ada, label_id=label) == set()
    problem(await ada.put(f"tasks/{untouched['id']}/labels/{label}"), 404, "not_found")


async def test_a_deleted_label_leaves_the_tasks_of_archived_projects_too(ada: Api) -> None:
    label = await add_label(ada, "Bug")
    task = await ada.add_task(label_ids=[label])
    ok(await ada.post(f"projects/{ada.project['id']}/archive"))
    assert (await ada.delete(f"labels/{label}")).status_code == 204
    after = ok(await ada.get(f"tasks/{task['id']}"))
    assert (after["label_ids"], after["version"]) == ([], 2)
