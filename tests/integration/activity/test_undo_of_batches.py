"""Undo of batches: a command that did several things, one after the other, to one and the same thing."""

from typing import Any
from uuid import uuid4

import pytest

from support.harness.api import Api, ok
from support.harness.problems import problem
from support.harness.undoing import differences, everything, last_seq, undo

Operation = tuple[str, str] | tuple[str, str, dict[str, Any]]
PARENT, TASK, CHILD, OTHER, NEW, LABEL, SECOND, THIRD, COMMENT, WRITTEN = (str(uuid4()) for _ in range(10))
TASK_AT, OPS, WEB = f"/tasks/{TASK}", "/projects/OPS", "/projects/WEB"
COMMENT_AT, LABEL_AT = f"{TASK_AT}/comments/{COMMENT}", f"/labels/{LABEL}"
WORKFLOW = {
    "statuses": [
        {"key": key, "name": key, "category": category}
        for key, category in (("todo", "todo"), ("new", "todo"), ("in_progress", "in_progress"), ("done", "done"))
    ],
    "transitions": None,
    "status_map": {"cancelled": "done"},
}


def create(id: str = NEW, project: str = "OPS", **body: Any) -> Operation:
    return ("POST", "/tasks", {"id": id, "project_id": project, "title": "New", **body})


def patch(path: str, **body: Any) -> Operation:
    return ("PATCH", path, body)


def go_over(project: str, task: str = TASK) -> Operation:
    return ("POST", f"/tasks/{task}/move", {"to": "last", "project_id": project})


def delete(path: str) -> Operation:
    return ("DELETE", path)


def post(path: str, verb: str) -> Operation:
    return ("POST", f"{path}/{verb}")


def comment(task: str, id: str = WRITTEN) -> Operation:
    return ("POST", f"/tasks/{task}/comments", {"id": id, "body": "Well"})


def rename(id: str, name: str) -> Operation:
    return ("PATCH", f"/labels/{id}", {"name": name})


WORLD: list[Operation] = [
    ("POST", "/projects", {"key": "WEB", "name": "Web"}),
    *(("POST", "/labels", {"id": id, "name": name}) for id, name in ((LABEL, "one"), (SECOND, "two"), (THIRD, "three"))),
    create(PARENT),
    create(TASK, label_ids=[LABEL], external_keys=["key"], parent_id=PARENT),
    create(CHILD, parent_id=TASK),
    create(OTHER),
    comment(TASK, COMMENT),
]


async def send(api: Api, operations: list[Operation]) -> None:
    """Each for itself."""
    for method, path, *body in operations:
        answer = await api.send(method, path.removeprefix("/"), *body)
        assert answer.is_success, (method, path, answer.text)


async def batch(api: Api, operations: list[Operation]) -> int:
    """Returns where it begins in the log."""
    seq = await last_seq(api)
    members = ("method", "path", "body")
    ok(await api.post("batch", {"operations": [dict(zip(members, one, strict=False)) for one in operations]}))
    return seq + 1


@pytest.fixture
async def world(ada: Api) -> Api:
    await send(ada, WORLD)
    return ada


# What there was besides, the batch, and the types of the events of its undo.
BATCHES: dict[str, tuple[list[Operation], list[Operation], list[str]]] = {
    "a label is changed and deleted": ([], [rename(LABEL, "other"), delete(LABEL_AT)], ["label.restored", "task.updated"]),
    "a comment is changed and deleted": ([], [patch(COMMENT_AT, body="Other"), delete(COMMENT_AT)], ["comment.restored"]),
    "an edited comment is changed and deleted": (
        [patch(COMMENT_AT, body="Before")],
        [patch(COMMENT_AT, body="Other"), delete(COMMENT_AT)],
        ["comment.restored"],
    ),
    "a comment is changed and changed back": (
        [],
        [patch(COMMENT_AT, body="Other"), patch(COMMENT_AT, body="Well")],
        ["comment.updated"],
    ),
    "a label comes and goes, and a task is changed": (
        [],
        [("POST", "/labels", {"id": NEW, "name": "new"}), delete(f"/labels/{NEW}"), patch(TASK_AT, title="Other")],
        ["task.updated"],
    ),
    "a comment comes and goes, and a task is changed": (
        [],
        [comment(TASK), delete(f"{TASK_AT}/comments/{WRITTEN}"), patch(TASK_AT, title="Other")],
        ["task.updated"],
    ),
}


@pytest.mark.parametrize("name", BATCHES)
async def test_all_is_as_it_was_before_and_after(world: Api, name: str) -> None:
    preparation, operations, types = BATCHES[name]
    await send(world, preparation)
    before = await everything(world)
    seq = await batch(world, operations)
    after = await everything(world)
    told = await undo(world, seq)
    assert differences(await everything(world), before) == {}
    assert sorted(change["type"] for change in told) == types
    await undo(world, told[-1]["seq"])
    assert differences(await everything(world), after) == {}


NOTHING_LEFT: dict[str, list[Operation]] = {
    "a label came and went": [("POST", "/labels", {"id": NEW, "name": "new"}), delete(f"/labels/{NEW}")],
    "a comment came and went": [comment(TASK), delete(f"{TASK_AT}/comments/{WRITTEN}")],
    "a task was created and trashed": [create(), delete(f"/tasks/{NEW}")],
    "a project went to the trash and came back": [delete(OPS), post(OPS, "restore")],
}


@pytest.mark.parametrize("name", NOTHING_LEFT)
async def test_where_nothing_is_left_there_is_nothing_to_undo(world: Api, name: str) -> None:
    seq = await batch(world, NOTHING_LEFT[name])
    state, end = await everything(world), await last_seq(world)
    assert "left nothing behind" in problem(await world.post(f"changes/{seq}/undo"), 409, "not_undoable")["detail"]
    assert (await everything(world), await last_seq(world)) == (state, end)
