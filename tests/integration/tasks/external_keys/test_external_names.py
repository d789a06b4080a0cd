"""`external:` and a key in the place of a task's id: in paths, filters and bodies, whatever the key is made of."""

from urllib.parse import quote

import pytest

from support.harness.api import Api, ok
from support.harness.external_keys import HOSTILE, external
from support.harness.problems import problem
from support.harness.undoing import last_seq

KEY = "github:org/repo#12"


@pytest.mark.parametrize("key", HOSTILE, ids=range(len(HOSTILE)))
async def test_any_key_names_its_task(ada: Api, key: str) -> None:
    body = {"project_id": ada.project["id"], "title": "Oil"}
    created = await ada.put(f"tasks/external/{quote(key, safe='')}", body)
    task = ok(created)
    assert (created.status_code, task["external_keys"]) == (201, [key])
    assert (await ada.put(f"tasks/external/{quote(key, safe='')}", body)).status_code == 200
    read = await ada.get(f"tasks/{external(key)}")
    assert (read.json(), read.headers["content-location"]) == (task, created.headers["location"])
    assert ok(await ada.get("tasks", external_key=key))["items"] == [task]
    assert ok(await ada.get("tasks", ids=f"external:{key}"))["items"] == [task]
    assert ok(await ada.patch(f"tasks/{external(key)}", {"title": "Changed"}))["version"] == 2
    (item,) = ok(await ada.post("tasks/bulk_update", {"items": [{"id": f"external:{key}", "patch": {"title": "Again"}}]}))[
        "items"
    ]
    assert (item["id"], item["version"]) == (task["id"], 3)
    assert (await ada.delete(f"tasks/{external(key)}")).status_code == 204
    assert ok(await ada.post(f"tasks/{external(key)}/restore"))["external_keys"] == [key]


async def test_every_path_below_a_task_takes_one(ada: Api) -> None:
    task, other = await ada.add_task(external_keys=[KEY]), await ada.add_task(external_keys=["other"])
    at, me = f"tasks/{external(KEY)}", ada.user["id"]
    label = ok(await ada.post("labels", {"name": "Bug"}))
    assert ok(await ada.put(f"{at}/assignees/me"))["assignee_ids"] == [me]
    assert ok(await ada.delete(f"{at}/assignees/{me}"))["assignee_ids"] == []
    assert ok(await ada.put(f"{at}/labels/{label['id']}"))["label_ids"] == [label["id"]]
    assert ok(await ada.delete(f"{at}/labels/{label['id']}"))["label_ids"] == []
    assert ok(await ada.put(f"{at}/blockers/external:other"))["blocked_by_ids"] == [other["id"]]
    assert ok(await ada.delete(f"{at}/blockers/external:other"))["blocked_by_ids"] == []
    moved = await ada.post(f"{at}/move", {"after": "external:other", "status": "done"})
    assert (ok(moved)["status"], moved.headers["content-location"].endswith(task["id"])) == ("done", True)
    comment = await ada.post(f"{at}/comments", {"body": "Well"})
    assert ok(comment)["task_id"] == task["id"]
    assert ok(await ada.get(comment.headers["location"])) == comment.json()
    assert ok(await ada.get(f"{at}/comments/{comment.json()['id']}"))["body"] == "Well"
    assert ok(await ada.patch(f"{at}/comments/{comment.json()['id']}", {"body": "Better"}))["body"] == "Better"
    assert (await ada.delete(f"{at}/comments/{comment.json()['id']}")).status_code == 204
    assert len(ok(await ada.get(f"{at}/history"))["items"]) == 11


async def test_bodies_and_filters_take_one(ada: Api) -> None:
    parent = await ada.add_task(external_keys=[KEY])
    name = f"external:{KEY}"
    child = await ada.add_task(parent_id=name, blocked_by_ids=[name], external_keys=["child"])
    assert (child["parent_id"], child["blocked_by_ids"]) == (parent["id"], [parent["id"]])
    for parameters, found in (({"ids": name}, parent), ({"parent_id": name}, child), ({"blocks": "external:child"}, parent)):
        assert [one["id"] for one in ok(await ada.get("tasks", **parameters))["items"]] == [found["id"]]
    assert ok(await ada.get("tasks", ids="external:unknown"))["items"] == []
    problem(
        await ada.post("tasks", {"project_id": ada.project["id"], "title": "X", "parent_id": "external:unknown"}),
        422,
        "unknown_reference",
    )
    for wrong in ("external:", "external: ", "external:a\n", f"external:{'x' * 256}", "External:x"):
        problem(await ada.get("tasks", ids=wrong), 422, "validation_failed")
        problem(await ada.patch(f"tasks/{parent['id']}", {"parent_id": wrong}), 422, "validation_failed")


async def test_it_leads_to_whoever_has_it_now(ada: Api) -> None:
    task, other = await ada.add_task(external_keys=[KEY]), await ada.add_task()
    then = await last_seq(ada)
    ok(await ada.patch(f"tasks/{external(KEY)}", {"external_keys": []}))
    problem(await ada.get(f"tasks/{external(KEY)}"), 404, "not_found")
    ok(await ada.patch(f"tasks/{other['id']}", {"external_keys": [KEY]}))
    assert ok(await ada.get(f"tasks/{external(KEY)}"))["id"] == other["id"]
    assert ok(await ada.get(f"tasks/{external(KEY)}", as_of=then)) == other
    assert ok(await ada.get("tasks", external_key=KEY, as_of=then))["items"] == [task]


async def test_a_key_of_another_workspace_names_nothing(ada: Api) -> None:
    await ada.add_task(external_keys=[KEY])
    await ada.open_workspace()
    problem(await ada.get(f"tasks/{external(KEY)}"), 404, "not_found")


async def test_pages_go_on_under_the_escaped_path(ada: Api) -> None:
    task = await ada.add_task(external_keys=[KEY])
    for number in range(3):
        ok(await ada.post(f"tasks/{task['id']}/comments", {"body": str(number)}))
    seen, path = [], f"tasks/{external(KEY)}/comments?limit=1"
    while path:
        answer = await ada.get(path)
        seen += [comment["body"] for comment in ok(answer)["items"]]
        link = answer.links.get("next")
        assert link is None or link["url"].startswith(ada.at("tasks/external:github:org%2Frepo%2312/comments?"))
        path = link["url"] if link else ""
    assert seen == ["0", "1", "2"]


async def test_a_cursor_is_good_for_every_spelling_of_its_path_and_for_no_other_key(ada: Api) -> None:
    for key in ("a/b", "a%2Fb"):
        await ada.add_task(external_keys=[key])
        for number in range(2):
            ok(await ada.post(f"tasks/{external(key)}/comments", {"body": f"{key} {number}"}))
    cursor = ok(await ada.get("tasks/external:a%2Fb/comments", limit="1"))["next_cursor"]
    for spelling in ("external:a%2fb", "external%3Aa%2Fb"):
        (comment,) = ok(await ada.get(f"tasks/{spelling}/comments?cursor={cursor}"))["items"]
        assert comment["body"] == "a/b 1"
    problem(await ada.get(f"tasks/external:a%252Fb/comments?cursor={cursor}"), 400, "invalid_cursor")


async def test_an_escaped_slash_is_no_border_between_parts(ada: Api) -> None:
    task = await ada.add_task()
    problem(await ada.get(ada.at(f"tasks%2F{task['id']}")), 404, "not_found")
    problem(await ada.get(ada.at(f"tasks/{task['id']}%2Fcomments")), 404, "not_found")
    assert ok(await ada.get(ada.at(f"t%61sks/{task['id'].replace('-', '%2D')}"))) == task
