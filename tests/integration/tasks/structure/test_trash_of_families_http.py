"""The trash of tasks with subtasks, and of the projects that they are in."""

from typing import Any

from support.harness.api import Api, ok
from support.harness.problems import problem


class Family:
    """A parent with two children, one of which has a child itself."""

    def __init__(self, api: Api, tasks: dict[str, dict[str, Any]]) -> None:
        self.api = api
        self.tasks = tasks

    @classmethod
    async def of(cls, api: Api) -> "Family":
        tasks: dict[str, dict[str, Any]] = {"parent": await api.add_task("parent")}
        for title, above in (("child", "parent"), ("other", "parent"), ("grandchild", "child")):
            tasks[title] = await api.add_task(title, parent_id=tasks[above]["id"])
        return cls(api, tasks)

    def path(self, title: str) -> str:
        return f"tasks/{self.tasks[title]['id']}"

    async def trash(self, title: str) -> None:
        assert (await self.api.delete(self.path(title))).status_code == 204

    async def restore(self, title: str) -> dict[str, Any]:
        task: dict[str, Any] = ok(await self.api.post(f"{self.path(title)}/restore"))
        return task

    async def now(self) -> dict[str, tuple[int, bool]]:
        """The versions of all, and whether they are in the trash."""
        there = {}
        for title in self.tasks:
            task = ok(await self.api.get(self.path(title), deleted="true"))
            there[title] = task["version"], task["deleted_at"] is not None
        return there


HERE, GONE = False, True


async def test_a_parent_takes_its_subtasks_to_the_trash_and_brings_them_back(ada: Api) -> None:
    family = await Family.of(ada)
    await family.trash("parent")
    assert await family.now() == dict.fromkeys(family.tasks, (2, GONE))
    for title in family.tasks:
        problem(await ada.get(family.path(title)), 404, "not_found")
    back = await family.restore("parent")
    assert (back["number"], back["key"], back["deleted_at"]) == (1, "OPS-1", None)
    assert await family.now() == dict.fromkeys(family.tasks, (3, HERE))
    for title, task in family.tasks.items():
        after = ok(await ada.get(family.path(title)))
        assert after == {**task, "version": 3, "updated_at": after["updated_at"]}


async def test_what_was_in_the_trash_before_stays_there(ada: Api) -> None:
    family = await Family.of(ada)
    await family.trash("child")
    await family.trash("parent")
    assert await family.now() == {"parent": (2, GONE), "other": (2, GONE), "child": (2, GONE), "grandchild": (2, GONE)}
    await family.restore("parent")
    assert await family.now() == {"parent": (3, HERE), "other": (3, HERE), "child": (2, GONE), "grandchild": (2, GONE)}
    await family.restore("child")
    assert await family.now() == dict.fromkeys(family.tasks, (3, HERE))


async def test_nothing_comes_back_under_a_parent_in_the_trash(ada: Api) -> None:
    family = await Family.of(ada)
    await family.trash("grandchild")
    await family.trash("child")
    for title in ("grandchild",):
        problem(await ada.post(f"{family.path(title)}/restore"), 409, "parent_deleted")
    await family.trash("parent")
    for title in ("child", "grandchild", "other"):
        problem(await ada.post(f"{family.path(title)}/restore"), 409, "parent_deleted")
    assert await family.now() == dict.fromkeys(family.tasks, (2, GONE))


async def test_restoring_what_is_not_in_the_trash_changes_nothing(ada: Api) -> None:
    family = await Family.of(ada)
    await family.trash("child")
    for title in ("parent", "other"):
        assert await family.restore(title) == family.tasks[title]
    assert await family.now() == {"parent": (1, HERE), "other": (1, HERE), "child": (2, GONE), "grandchild": (2, GONE)}


async def test_if_match_names_the_one_that_is_trashed_or_restored(ada: Api) -> None:
    family = await Family.of(ada)
    ok(await ada.patch(family.path("child"), {"title": "changed"}))
    problem(await ada.delete(family.path("parent"), if_match='"2"'), 412, "stale_version")
    assert (await ada.delete(family.path("parent"), if_match='"1"')).status_code == 204
    problem(await ada.post(f"{family.path('parent')}/restore", if_match='"1"'), 412, "stale_version")
    ok(await ada.post(f"{family.path('parent')}/restore", if_match='"2"'))


async def test_a_project_takes_its_families_along_and_brings_them_back_whole(ada: Api) -> None:
    family, project = await Family.of(ada), f"projects/{ada.project['id']}"
    await family.trash("child")
    assert (await ada.delete(project)).status_code == 204
    assert await family.now() == dict.fromkeys(family.tasks, (2, GONE))
    problem(await ada.post(f"{family.path('parent')}/restore"), 409, "project_deleted")
    problem(await ada.post(f"{family.path('grandchild')}/restore"), 409, "project_deleted")
    ok(await ada.post(f"{project}/restore"))
    assert await family.now() == {"parent": (3, HERE), "other": (3, HERE), "child": (2, GONE), "grandchild": (2, GONE)}
    await family.restore("child")
    assert await family.now() == dict.fromkeys(family.tasks, (3, HERE))


async def test_an_archived_project_keeps_its_trash(ada: Api) -> None:
    family = await Family.of(ada)
    await family.trash("child")
    ok(await ada.post(f"projects/{ada.project['id']}/archive"))
    problem(await ada.delete(family.path("parent")), 409, "project_archived")
    problem(await ada.post(f"{family.path('child')}/restore"), 409, "project_archived")
    assert await family.now() == {"parent": (1, HERE), "other": (1, HERE), "child": (2, GONE), "grandchild": (2, GONE)}


async def test_the_trash_is_404_to_everything_but_those_who_ask_for_it(ada: Api) -> None:
    family = await Family.of(ada)
    label = ok(await ada.post("labels", {"name": "Bug"}))
    comment = ok(await ada.post(f"{family.path('child')}/comments", {"body": "Why?"}))
    await family.trash("parent")
    live = await ada.add_task("live")
    path = family.path("child")
    for method, where, body in (
        ("GET", "", None),
        ("PATCH", "", {"title": "Other"}),
        ("DELETE", "", None),
        ("POST", "/move", {"to": "first"}),
        ("PUT", f"/labels/{label['id']}", None),
        ("DELETE", f"/labels/{label['id']}", None),
        ("PUT", f"/assignees/{ada.user['id']}", None),
        ("DELETE", f"/assignees/{ada.user['id']}", None),
        ("PUT", f"/blockers/{live['id']}", None),
        ("DELETE", f"/blockers/{live['id']}", None),
        ("GET", "/comments", None),
        ("POST", "/comments", {"body": "Anyone?"}),
        ("GET", f"/comments/{comment['id']}", None),
        ("PATCH", f"/comments/{comment['id']}", {"body": "Because"}),
        ("DELETE", f"/comments/{comment['id']}", None),
    ):
        problem(await ada.send(method, path + where, body), 404, "not_found")
    problem(await ada.put(f"tasks/{live['id']}/blockers/{family.tasks['child']['id']}"), 404, "not_found")
    problem(await ada.put(f"tasks/{live['id']}/blockers/{family.tasks['child']['key']}"), 404, "not_found")
    assert ok(await ada.get(path, deleted="true"))["version"] == 2
    assert len(ok(await ada.get(f"{path}/history"))["items"]) == 3
    assert {task["title"] for task in ok(await ada.get("tasks", deleted="true"))["items"]} == {*family.tasks}
    assert [task["title"] for task in ok(await ada.get("tasks"))["items"]] == ["live"]
