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


TRASHED, RESTORED = ["task.trashed"], ["task.restored"]
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
    "labels swap their names": (
        [],
        [rename(LABEL, "between"), rename(SECOND, "one"), rename(LABEL, "two"), rename(THIRD, "Three")],
        ["label.updated"] * 3,
    ),
    "labels pass their names on": (
        [],
        [
            delete(LABEL_AT),
            rename(SECOND, "one"),
            rename(THIRD, "two"),
            ("POST", "/labels", {"id": NEW, "name": "three"}),
        ],
        ["label.deleted", "label.restored", "label.updated", "label.updated", "task.updated"],
    ),
    # -- keys ---------------------------------------------------------------------------------------
    "a task goes over and comes back": ([], [go_over("WEB", PARENT), go_over("OPS", PARENT)], ["task.moved"] * 3),
    "a task goes over, comes back in another status, and is trashed": (
        [],
        [go_over("WEB", OTHER), go_over("OPS", OTHER), patch(f"/tasks/{OTHER}", status="done"), delete(f"/tasks/{OTHER}")],
        ["task.restored"],
    ),
    # -- the trash ----------------------------------------------------------------------------------
    "a task comes back and is trashed again": ([delete(TASK_AT)], [post(TASK_AT, "restore"), delete(TASK_AT)], TRASHED * 2),
    "a task comes back, is closed and is trashed again": (
        [delete(TASK_AT)],
        [post(TASK_AT, "restore"), patch(TASK_AT, status="done"), delete(TASK_AT)],
        TRASHED * 2,
    ),
    "a task comes back and goes over": (
        [delete(f"/tasks/{OTHER}")],
        [post(f"/tasks/{OTHER}", "restore"), go_over("WEB", OTHER)],
        TRASHED,
    ),
    "a subtask comes back without its parent, which is trashed again": (
        [delete(TASK_AT)],
        [post(TASK_AT, "restore"), patch(f"/tasks/{CHILD}", parent_id=None), delete(TASK_AT)],
        TRASHED * 2,
    ),
    "two tasks that were trashed one after the other come back": (
        [delete(f"/tasks/{CHILD}"), delete(TASK_AT)],
        [post(TASK_AT, "restore"), post(f"/tasks/{CHILD}", "restore")],
        TRASHED * 2,
    ),
    "a project comes back and is trashed again": (
        [delete(OPS)],
        [post(OPS, "restore"), delete(OPS)],
        ["project.trashed", *TRASHED * 4],
    ),
    "a task comes back and its project is trashed": (
        [delete(TASK_AT)],
        [post(TASK_AT, "restore"), delete(OPS)],
        ["project.restored", *RESTORED * 2, *TRASHED * 2],
    ),
    "a project comes back, its task goes over, and it is trashed again": (
        [delete(OPS)],
        [post(OPS, "restore"), go_over("WEB", OTHER), delete(OPS)],
        ["project.trashed", *TRASHED * 4],
    ),
    "a task is created with the key of another, and is trashed": (
        [],
        [patch(TASK_AT, external_keys=[]), create(external_keys=["key", "more"]), delete(f"/tasks/{NEW}")],
        ["task.updated"] * 2,
    ),
    # -- the archive, the workflow ------------------------------------------------------------------
    "a project leaves the archive, and goes back": (
        [post(OPS, "archive")],
        [post(OPS, "unarchive"), patch(TASK_AT, title="Other"), post(OPS, "archive")],
        ["project.archived", "task.updated"],
    ),
    "a workflow is changed, and the project archived": (
        [],
        [patch(TASK_AT, status="cancelled"), ("PUT", f"{OPS}/workflow", WORKFLOW), post(OPS, "archive")],
        ["project.unarchived", "task.updated"],
    ),
    "an archived project gets another workflow and is trashed": (
        [post(OPS, "archive")],
        [("PUT", f"{OPS}/workflow", {**WORKFLOW, "status_map": {}}), delete(OPS)],
        ["project.restored", *RESTORED * 4],
    ),
    "a closed task is reopened and closed": (
        [patch(TASK_AT, status="done")],
        [patch(TASK_AT, status="todo"), patch(TASK_AT, status="done")],
        ["task.updated"],
    ),
    # -- what events are named after ----------------------------------------------------------------
    "a project is renamed and comes back": (
        [delete(WEB)],
        [post(WEB, "restore"), patch(WEB, name="Other")],
        ["project.trashed"],
    ),
    "a project is renamed and trashed": ([], [patch(WEB, name="Other"), delete(WEB)], ["project.restored"]),
    "a project is archived and trashed": ([], [post(WEB, "archive"), delete(WEB)], ["project.restored"]),
    "a project leaves the archive and is renamed": (
        [post(WEB, "archive")],
        [post(WEB, "unarchive"), patch(WEB, name="Other")],
        ["project.archived"],
    ),
    "a project gets a name and a workflow": (
        [],
        [("PUT", f"{WEB}/workflow", WORKFLOW), patch(WEB, name="Other")],
        ["project.workflow_changed"],
    ),
    "a task is changed and trashed": (
        [],
        [patch(f"/tasks/{OTHER}", status="done"), delete(f"/tasks/{OTHER}")],
        ["task.restored"],
    ),
    "a task goes over, is changed and trashed": (
        [],
        [go_over("WEB"), patch(TASK_AT, title="Other"), delete(f"{TASK_AT}/labels/{LABEL}"), delete(TASK_AT)],
        RESTORED * 2,
    ),
    # -- comments -----------------------------------------------------------------------------------
    "a task is created and commented, and its project is trashed": (
        [],
        [create(), comment(NEW), delete(OPS)],
        ["project.restored", *RESTORED * 4, *TRASHED],
    ),
    "a comment is changed, and its project archived": (
        [],
        [patch(COMMENT_AT, body="Other"), create(), comment(NEW), post(OPS, "archive")],
        ["comment.deleted", "comment.updated", "project.unarchived", "task.trashed"],
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
    "a task was created, commented and trashed": [create(), comment(NEW), delete(f"/tasks/{NEW}")],
    "a project went to the trash and came back": [delete(OPS), post(OPS, "restore")],
}


@pytest.mark.parametrize("name", NOTHING_LEFT)
async def test_where_nothing_is_left_there_is_nothing_to_undo(world: Api, name: str) -> None:
    seq = await batch(world, NOTHING_LEFT[name])
    state, end = await everything(world), await last_seq(world)
    assert "left nothing behind" in problem(await world.post(f"changes/{seq}/undo"), 409, "not_undoable")["detail"]
    assert (await everything(world), await last_seq(world)) == (state, end)


async def test_a_task_that_went_over_and_came_back_has_its_first_key_and_goes_over_again(world: Api) -> None:
    """Its other keys go on answering."""
    seq = await batch(world, [go_over("WEB", OTHER), go_over("OPS", OTHER)])
    (told,) = await undo(world, seq)
    assert (told["type"], told["changes"]["key"]) == ("task.moved", ["OPS-5", "OPS-4"])
    for project, key in (("WEB", "WEB-2"), ("OPS", "OPS-6"), ("WEB", "WEB-3")):
        assert ok(await world.post(f"tasks/{OTHER}/move", {"to": "last", "project_id": project}))["key"] == key
    for key in ("OPS-4", "OPS-5", "OPS-6", "WEB-1", "WEB-2", "WEB-3"):
        assert ok(await world.get(f"tasks/{key}"))["id"] == OTHER


async def test_what_was_trashed_by_itself_stays_there_when_its_parent_comes_back(world: Api) -> None:
    """Also if both have come back, and this is undone."""
    await send(world, [delete(f"/tasks/{CHILD}"), delete(TASK_AT)])
    await undo(world, await batch(world, [post(TASK_AT, "restore"), post(f"/tasks/{CHILD}", "restore")]))
    ok(await world.post(f"tasks/{TASK}/restore"))
    assert ok(await world.get(f"tasks/{CHILD}", deleted="true"))["deleted_at"]


async def test_what_was_created_and_trashed_with_its_parent_stays_there(world: Api) -> None:
    for trash, restore in ((delete(TASK_AT), post(TASK_AT, "restore")), (delete(OPS), post(OPS, "restore"))):
        id = str(uuid4())
        await undo(world, await batch(world, [create(id, parent_id=TASK), trash]))
        await send(world, [trash, restore])
        assert ok(await world.get(f"tasks/{id}", deleted="true"))["deleted_at"]
        assert ok(await world.get(f"tasks/{TASK}"))["deleted_at"] is None


async def test_an_undo_in_a_batch_gives_labels_their_names_back_as_well(world: Api) -> None:
    before = await everything(world)
    seq = await batch(world, BATCHES["labels swap their names"][1])
    after = await everything(world)
    again = await batch(world, [("POST", f"/changes/{seq}/undo"), patch(TASK_AT, title="Other")])
    assert differences(await everything(world), before) == {TASK: {"title": ("Other", "New")}}
    await undo(world, again)
    assert differences(await everything(world), after) == {}
