"""Undo of each kind of command: it gives what was there before, and its own undo what was there after."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from support.harness.api import Api, ok
from support.harness.undoing import differences, everything, last_seq, undo

STATUSES = [
    {"key": "open", "name": "Open", "category": "todo"},
    {"key": "todo", "name": "To do", "category": "todo"},
    {"key": "done", "name": "Done", "category": "done"},
]


class World:
    """What commands are tried on: a family of three tasks with labels and a comment, a task in another project, things in the
    trash and in the archive.
    """

    def __init__(self, api: Api) -> None:
        self.api = api

    async def build(self) -> None:
        api = self.api
        self.home = api.project
        self.web = await api.open_project(key="WEB")
        self.old = await api.open_project(key="OLD")
        api.project = self.home
        self.label, self.other_label = [ok(await api.post("labels", {"name": name})) for name in ("Bug", "UI")]
        self.first = await api.add_task("first")
        labels = {"label_ids": [self.label["id"], self.other_label["id"]]}
        due = {"date": "2026-10-25", "time": "02:30", "time_zone": "Europe/Berlin"}
        self.task = await api.add_task("task", due=due, **labels)
        self.child = await api.add_task("child", parent_id=self.task["id"], status="in_progress")
        self.leaf = await api.add_task("leaf", parent_id=self.child["id"], status="done", assignee_ids=[api.user["id"]])
        self.last = await api.add_task("last", blocked_by_ids=[self.first["id"]], status="cancelled")
        self.elsewhere = await api.add_task("elsewhere", project_id=self.web["id"])
        self.archived = await api.add_task("archived", project_id=self.old["id"], **labels)
        ok(await api.post(f"projects/{self.old['id']}/archive"))
        self.gone = await api.add_task("gone", **labels)
        self.waiting = await api.add_task("waiting", blocked_by_ids=[self.gone["id"]])
        await api.add_task("below", parent_id=self.gone["id"])
        await api.delete(f"tasks/{self.gone['id']}")
        self.comment = ok(await api.post(f"{self.at}/comments", {"body": f"Ask @{api.user['id']}"}))
        self.edited = ok(await api.post(f"{self.at}/comments", {"body": "One"}))
        ok(await api.patch(f"{self.at}/comments/{self.edited['id']}", {"body": "Two"}))

    @property
    def at(self) -> str:
        return f"tasks/{self.task['id']}"

    async def item(self, *names: str, **patch: Any) -> dict[str, Any]:
        items = [{"id": getattr(self, name)["id"], "patch": patch} for name in names]
        return ok(await self.api.post("tasks/bulk_update", {"items": items}))


Command = Callable[[World, Api], Awaitable[Any]]
COMMANDS: dict[str, Command] = {
    "create a task": lambda w, api: api.add_task("new", parent_id=w.task["id"], blocked_by_ids=[w.first["id"]]),
    "create many tasks": lambda w, api: api.post(
        "tasks/bulk_create", {"items": [{"project_id": w.home["id"], "title": f"Task {n}"} for n in range(20)]}
    ),
    "create a task by an external key": lambda w, api: api.put(
        "tasks/external/new", {"project_id": w.home["id"], "title": "new", "external_keys": ["other"]}
    ),
    "change a text": lambda w, api: api.patch(w.at, {"title": "Other", "description": "More", "priority": "high"}),
    "close a task": lambda w, api: api.patch(w.at, {"status": "done"}),
    "reopen a task": lambda w, api: api.patch(f"tasks/{w.leaf['id']}", {"status": "todo"}),
    "change a due date": lambda w, api: api.patch(w.at, {"due": {"date": "2026-12-01"}}),
    "clear a due date": lambda w, api: api.patch(w.at, {"due": None}),
    "put a task under another": lambda w, api: api.patch(f"tasks/{w.first['id']}", {"parent_id": w.leaf["id"]}),
    "take a task from its parent": lambda w, api: api.patch(f"tasks/{w.child['id']}", {"parent_id": None}),
    "turn a family round": lambda w, api: api.post(
        "tasks/bulk_update",
        {
            "items": [
                {"id": w.child["id"], "patch": {"parent_id": None}},
                {"id": w.task["id"], "patch": {"parent_id": w.child["id"]}},
            ]
        },
    ),
    "change many tasks": lambda w, api: w.item("first", "task", "leaf", "last", "elsewhere", title="Same", status="in_progress"),
    "assign a member": lambda w, api: api.put(f"{w.at}/assignees/{api.user['id']}"),
    "take a member off": lambda w, api: api.delete(f"tasks/{w.leaf['id']}/assignees/{api.user['id']}"),
    "take a label off": lambda w, api: api.delete(f"{w.at}/labels/{w.label['id']}"),
    "put a label on": lambda w, api: api.put(f"tasks/{w.leaf['id']}/labels/{w.label['id']}"),
    "add a blocker": lambda w, api: api.put(f"{w.at}/blockers/{w.elsewhere['id']}"),
    "remove a blocker": lambda w, api: api.delete(f"tasks/{w.last['id']}/blockers/{w.first['id']}"),
    "remove a blocker that is in the trash": lambda w, api: api.delete(f"tasks/{w.waiting['id']}/blockers/{w.gone['id']}"),
    "move a task to the end": lambda w, api: api.post(f"{w.at}/move", {"to": "last"}),
    "move a task between others": lambda w, api: api.post(f"tasks/{w.last['id']}/move", {"after": w.first["id"]}),
    "move a task with another status": lambda w, api: api.post(f"tasks/{w.last['id']}/move", {"to": "first", "status": "todo"}),
    "move a task under another": lambda w, api: api.post(
        f"tasks/{w.last['id']}/move", {"to": "first", "parent_id": w.leaf["id"]}
    ),
    "move a family to another project": lambda w, api: api.post(
        f"{w.at}/move", {"before": w.elsewhere["id"], "project_id": w.web["id"]}
    ),
    "move a part of a family to another project": lambda w, api: api.post(
        f"tasks/{w.child['id']}/move", {"to": "last", "project_id": w.web["id"], "status": "done"}
    ),
    "trash a family": lambda w, api: api.delete(w.at),
    "trash a part of a family": lambda w, api: api.delete(f"tasks/{w.child['id']}"),
    "restore a family": lambda w, api: api.post(f"tasks/{w.gone['id']}/restore"),
    "change a workflow": lambda w, api: api.put(
        f"projects/{w.home['id']}/workflow",
        {"statuses": STATUSES, "transitions": {"open": ["done"]}, "status_map": {"in_progress": "open", "cancelled": "done"}},
    ),
    "create a label": lambda w, api: api.post("labels", {"name": "New"}),
    "change a label": lambda w, api: api.patch(f"labels/{w.label['id']}", {"name": "Fault", "color": "#ff0000"}),
    "delete a label": lambda w, api: api.delete(f"labels/{w.label['id']}"),
    "comment on a task": lambda w, api: api.post(f"{w.at}/comments", {"body": "Well"}),
    "change a comment": lambda w, api: api.patch(f"{w.at}/comments/{w.comment['id']}", {"body": "Nobody"}),
    "change a comment again": lambda w, api: api.patch(f"{w.at}/comments/{w.edited['id']}", {"body": "Three"}),
    "delete a comment": lambda w, api: api.delete(f"{w.at}/comments/{w.comment['id']}"),
    "create a project": lambda w, api: api.post("projects", {"key": "NEW", "name": "New"}),
    "change a project": lambda w, api: api.patch(f"projects/{w.home['id']}", {"name": "Other", "description": "More"}),
    "archive a project": lambda w, api: api.post(f"projects/{w.home['id']}/archive"),
    "unarchive a project": lambda w, api: api.post(f"projects/{w.old['id']}/unarchive"),
    "trash a project": lambda w, api: api.delete(f"projects/{w.home['id']}"),
    "trash an archived project": lambda w, api: api.delete(f"projects/{w.old['id']}"),
    "change a workspace": lambda w, api: api.patch(
        f"/v1/workspaces/{api.workspace['id']}", {"name": "Other", "time_zone": "Europe/Berlin"}
    ),
}


@pytest.fixture
async def world(ada: Api) -> World:
    world = World(ada)
    await world.build()
    return world


@pytest.mark.parametrize("name", COMMANDS)
async def test_it_gives_the_former_state_and_its_undo_the_later_one(ada: Api, world: World, name: str) -> None:
    before, seq = await everything(ada), await last_seq(ada)
    answer = await COMMANDS[name](world, ada)
    assert isinstance(answer, dict) or answer.is_success, answer.text
    after = await everything(ada)
    assert after != before
    told = await undo(ada, seq + 1)
    assert differences(await everything(ada), before) == {}
    again = await undo(ada, told[-1]["seq"])
    assert differences(await everything(ada), after) == {}
    assert {change["actor_id"] for change in [*told, *again]} == {ada.user["id"]}


async def test_a_project_that_came_back_goes_to_the_trash_again_with_its_tasks(ada: Api, world: World) -> None:
    before = await everything(ada)
    await ada.delete(f"projects/{world.home['id']}")
    trashed, seq = await everything(ada), await last_seq(ada)
    ok(await ada.post(f"projects/{world.home['id']}/restore"))
    told = await undo(ada, await last_seq(ada))
    assert told[0]["seq"] > seq
    assert differences(await everything(ada), trashed) == {}
    ok(await ada.post(f"projects/{world.home['id']}/restore"))
    assert differences(await everything(ada), before) == {}


async def test_commands_are_undone_one_after_the_other_back_to_the_beginning(ada: Api, world: World) -> None:
    states, commits = [], []
    for name in (
        "change a text",
        "close a task",
        "move a task to the end",
        "move a task between others",
        "delete a label",
        "move a family to another project",
        "change a workflow",
        "trash a family",
        "trash a project",
    ):
        states.append(await everything(ada))
        seq = await last_seq(ada)
        await COMMANDS[name](world, ada)
        commits.append(seq + 1)
    for state, commit in zip(reversed(states), reversed(commits), strict=True):
        await undo(ada, commit)
        assert differences(await everything(ada), state) == {}


async def test_any_change_of_a_command_names_it(ada: Api, world: World) -> None:
    before, seq = await everything(ada), await last_seq(ada)
    await COMMANDS["change many tasks"](world, ada)
    told = await undo(ada, seq + 3)
    assert [change["type"] for change in told] == ["task.updated"] * 5
    assert len({change["commit"] for change in told}) == 1
    assert differences(await everything(ada), before) == {}


async def test_it_answers_with_the_changes_of_the_new_command_as_the_feed_has_them(ada: Api) -> None:
    task = await ada.add_task()
    ok(await ada.patch(f"tasks/{task['id']}", {"title": "Other"}))
    answer = ok(await ada.post(f"changes/{await last_seq(ada)}/undo"))
    fed = ok(await ada.get("changes", limit=1000))["items"][-1]
    assert answer == {"items": [fed], "next_cursor": fed["cursor"], "has_more": False}
    assert (fed["changes"], fed["type"]) == ({"title": ["Other", task["title"]]}, "task.updated")


async def test_a_task_that_went_over_gets_its_former_key_back_and_the_other_goes_on_answering(ada: Api) -> None:
    home, task = ada.project, await ada.add_task()
    web = await ada.open_project(key="WEB")
    ok(await ada.post(f"tasks/{task['id']}/move", {"to": "last", "project_id": web["id"]}))
    seq = await last_seq(ada)
    for _ in range(2):  # There and back, more than once.
        back = (await undo(ada, seq))[0]
        assert (back["snapshot"]["key"], back["snapshot"]["project_id"]) == ("OPS-1", home["id"])
        over = (await undo(ada, back["seq"]))[0]
        assert over["snapshot"]["key"] == "WEB-1"
        seq = over["seq"]
    await undo(ada, seq)
    for key in ("OPS-1", "WEB-1"):
        found = ok(await ada.get(f"tasks/{key}"))
        assert (found["id"], found["key"]) == (task["id"], "OPS-1")
    assert (await ada.add_task(project_id=home["id"]))["key"] == "OPS-2"
    assert (await ada.add_task(project_id=web["id"]))["key"] == "WEB-2"


async def test_five_hundred_tasks_are_one_undo(ada: Api) -> None:
    items = [{"project_id": ada.project["id"], "title": f"Task {n}"} for n in range(500)]
    made = ok(await ada.post("tasks/bulk_create", {"items": items}))["items"]
    patches = [{"id": task["id"], "patch": {"title": "Other", "status": "done"}} for task in made]
    ok(await ada.post("tasks/bulk_update", {"items": patches}))
    seq = await last_seq(ada)
    answer = ok(await ada.post(f"changes/{seq}/undo"))
    assert (len(answer["items"]), answer["has_more"]) == (200, True)
    titles = {task["id"]: task["title"] for task in made}
    state = await everything(ada)
    assert {id: state["things"][id]["title"] for id in titles} == titles
    await undo(ada, seq - 999)  # The creation.
    assert ok(await ada.get("tasks"))["items"] == []
