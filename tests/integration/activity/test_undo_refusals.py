"""What can't be undone is refused, says why, and changes nothing."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import bindparam, update

from integration.tasks.test_after_effects import purge
from support.harness.api import Api, ok
from support.harness.problems import problem
from support.harness.undoing import everything, last_seq, undo
from taskhub.container import Container
from taskhub.kernel.domain.errors import MAX_THINGS
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.background.purge_trash import RETENTION
from taskhub.tasks.infrastructure.mappings import TASKS

_tasks = TASKS.table.c
TRASHED_AT = Statement(
    update(TASKS.table)
    .values(deleted_at=bindparam("at", type_=_tasks.deleted_at.type))
    .where(
        _tasks.workspace_id == bindparam("workspace_id", type_=_tasks.workspace_id.type),
        _tasks.id == bindparam("id", type_=_tasks.id.type),
    )
)
"""Moves the moment at which a task went to the trash."""


class Scene:
    """A task with a label, a subtask and a comment, and another task."""

    def __init__(self, api: Api) -> None:
        self.api = api

    async def build(self) -> None:
        api = self.api
        self.home = api.project
        self.web = await api.open_project(key="WEB")
        api.project = self.home
        self.label = ok(await api.post("labels", {"name": "Bug"}))
        self.task = await api.add_task("task", label_ids=[self.label["id"]], assignee_ids=[api.user["id"]])
        self.child = await api.add_task("child", parent_id=self.task["id"])
        self.other = await api.add_task("other")
        self.comment = ok(await api.post(f"tasks/{self.task['id']}/comments", {"body": "Well"}))
        self.at = f"tasks/{self.task['id']}"


Step = Callable[[Scene, Api], Awaitable[Any]]
Named = tuple[str, list[str]]


async def set_workflow(scene: Scene, api: Api, name: str) -> Any:
    statuses = [
        {"key": "new", "name": name, "category": "todo"},
        {"key": "in_progress", "name": "Doing", "category": "in_progress"},
    ]
    body = {"statuses": statuses, "transitions": None, "status_map": {"todo": "new"}}
    return await api.put(f"projects/{scene.home['id']}/workflow", body)


async def restore_and_delete_again(path: str, patch: dict[str, Any], api: Api) -> Any:
    """By an undo of the last command, and with other content."""
    await undo(api, await last_seq(api))
    ok(await api.patch(path, patch))
    return await api.delete(path)


async def newest(api: Api) -> dict[str, Any]:
    """What the last change was about."""
    changes = ok(await api.get("changes", limit=1000))["items"]
    thing: dict[str, Any] = changes[-1]["snapshot"]
    return thing


async def change_newest(api: Api, patch: dict[str, Any]) -> Any:
    return await api.patch(f"tasks/{(await newest(api))['id']}", patch)


async def add_below_newest(api: Api) -> Any:
    return await api.add_task("below", parent_id=(await newest(api))["id"])


async def label_with_newest(scene: Scene, api: Api) -> Any:
    return await api.put(f"{scene.at}/labels/{(await newest(api))['id']}")


CONFLICTS: dict[str, tuple[Step, Step, Named]] = {
    "the same field was changed": (
        lambda s, api: api.patch(s.at, {"title": "One", "priority": "high"}),
        lambda s, api: api.patch(s.at, {"title": "Two"}),
        ("task", ["title"]),
    ),
    "the status was changed again": (
        lambda s, api: api.patch(s.at, {"status": "done"}),
        lambda s, api: api.patch(s.at, {"status": "cancelled"}),
        ("task", ["status", "status_category"]),
    ),
    "a link that was made is gone": (
        lambda s, api: api.put(f"{s.at}/blockers/{s.other['id']}"),
        lambda s, api: api.delete(f"{s.at}/blockers/{s.other['id']}"),
        ("task", ["blocked_by_ids"]),
    ),
    "a link that was taken is there again": (
        lambda s, api: api.delete(f"{s.at}/labels/{s.label['id']}"),
        lambda s, api: api.put(f"{s.at}/labels/{s.label['id']}"),
        ("task", ["label_ids"]),
    ),
    "a label that would be put back is gone": (
        lambda s, api: api.delete(f"{s.at}/labels/{s.label['id']}"),
        lambda s, api: api.delete(f"labels/{s.label['id']}"),
        ("task", ["label_ids"]),
    ),
    "a parent that would be there again is in the trash": (
        lambda s, api: api.patch(f"tasks/{s.child['id']}", {"parent_id": None}),
        lambda s, api: api.delete(s.at),
        ("task", ["parent_id"]),
    ),
    "the task is in the trash": (
        lambda s, api: api.patch(s.at, {"title": "One"}),
        lambda s, api: api.delete(s.at),
        ("task", ["deleted_at"]),
    ),
    "what was created was changed": (
        lambda s, api: api.add_task("new"),
        lambda s, api: change_newest(api, {"description": "Mine"}),
        ("task", ["description"]),
    ),
    "what was created has got a subtask": (
        lambda s, api: api.add_task("new"),
        lambda s, api: add_below_newest(api),
        ("task", ["parent_id"]),
    ),
    "what was trashed is back": (
        lambda s, api: api.delete(s.at),
        lambda s, api: api.post(f"{s.at}/restore"),
        ("task", ["deleted_at"]),
    ),
    "the task was moved again": (
        lambda s, api: api.post(f"{s.at}/move", {"to": "last"}),
        lambda s, api: api.post(f"{s.at}/move", {"before": s.child["id"]}),
        ("task", ["rank"]),
    ),
    "the task has got a subtask in the other project": (
        lambda s, api: api.post(f"{s.at}/move", {"to": "last", "project_id": s.web["id"]}),
        lambda s, api: api.add_task("late", project_id=s.web["id"], parent_id=s.task["id"]),
        ("task", ["parent_id"]),
    ),
    "the former project is in the trash": (
        lambda s, api: api.post(f"{s.at}/move", {"to": "last", "project_id": s.web["id"]}),
        lambda s, api: api.delete(f"projects/{s.home['id']}"),
        ("project", ["deleted_at"]),
    ),
    "the project that was made has got a task": (
        lambda s, api: api.post("projects", {"key": "NEW", "name": "New"}),
        lambda s, api: api.add_task("new", project_id="NEW"),
        ("task", ["project_id"]),
    ),
    "the label that was made is on a task": (
        lambda s, api: api.post("labels", {"name": "New"}),
        label_with_newest,
        ("task", ["label_ids"]),
    ),
    "the label is gone": (
        lambda s, api: api.patch(f"labels/{s.label['id']}", {"name": "Fault"}),
        lambda s, api: api.delete(f"labels/{s.label['id']}"),
        ("label", ["id"]),
    ),
    "the comment was changed again": (
        lambda s, api: api.patch(f"{s.at}/comments/{s.comment['id']}", {"body": "One"}),
        lambda s, api: api.patch(f"{s.at}/comments/{s.comment['id']}", {"body": "Two"}),
        ("comment", ["body", "edited_at"]),
    ),
    "the comment is gone": (
        lambda s, api: api.patch(f"{s.at}/comments/{s.comment['id']}", {"body": "One"}),
        lambda s, api: api.delete(f"{s.at}/comments/{s.comment['id']}"),
        ("comment", ["id"]),
    ),
    "the task of the comment is in the trash": (
        lambda s, api: api.delete(f"{s.at}/comments/{s.comment['id']}"),
        lambda s, api: api.delete(s.at),
        ("task", ["deleted_at"]),
    ),
    "the label is another one that was deleted later": (
        lambda s, api: api.delete(f"labels/{s.label['id']}"),
        lambda s, api: restore_and_delete_again(f"labels/{s.label['id']}", {"name": "Fault"}, api),
        ("label", ["id"]),
    ),
    "the comment is another one that was deleted later": (
        lambda s, api: api.delete(f"{s.at}/comments/{s.comment['id']}"),
        lambda s, api: restore_and_delete_again(f"{s.at}/comments/{s.comment['id']}", {"body": "One"}, api),
        ("comment", ["id"]),
    ),
    "the workflow was changed again": (
        lambda s, api: set_workflow(s, api, "Open"),
        lambda s, api: set_workflow(s, api, "Ready"),
        ("project", ["workflow"]),
    ),
    "the status that the task had is gone": (
        lambda s, api: api.patch(s.at, {"status": "in_progress"}),
        lambda s, api: set_workflow(s, api, "Open"),
        ("project", ["workflow"]),
    ),
}


@pytest.fixture
async def scene(ada: Api) -> Scene:
    scene = Scene(ada)
    await scene.build()
    return scene


@pytest.mark.parametrize("name", CONFLICTS)
async def test_what_was_changed_since_is_named_and_nothing_is_undone(ada: Api, scene: Scene, name: str) -> None:
    command, change, named = CONFLICTS[name]
    seq = await last_seq(ada)
    await command(scene, ada)
    await change(scene, ada)
    state, end = await everything(ada), await last_seq(ada)
    assert end > seq + 1
    refusal = problem(await ada.post(f"changes/{seq + 1}/undo"), 409, "changed_since")
    assert named in [(thing["entity_type"], thing["fields"]) for thing in refusal["changed"]]
    assert (await everything(ada), await last_seq(ada)) == (state, end)


async def test_other_changes_of_the_same_thing_stay(ada: Api, scene: Scene) -> None:
    seq = await last_seq(ada)
    ok(await ada.patch(scene.at, {"title": "One"}))
    ok(await ada.put(f"{scene.at}/blockers/{scene.other['id']}"))
    ok(await ada.patch(scene.at, {"priority": "urgent"}))
    (change,) = await undo(ada, seq + 1)
    assert change["changes"] == {"title": ["One", "task"]}
    assert change["snapshot"]["priority"] == "urgent"
    assert change["snapshot"]["blocked_by_ids"] == [scene.other["id"]]


async def test_of_several_links_each_is_taken_or_put_back_for_itself(ada: Api, scene: Scene) -> None:
    more = [ok(await ada.post("labels", {"name": f"Label {n}"}))["id"] for n in range(2)]
    seq = await last_seq(ada)
    ok(await ada.patch(scene.at, {"label_ids": [more[0]]}))  # One is taken off, one is put on …
    ok(await ada.put(f"{scene.at}/labels/{more[1]}"))  # … and somebody else puts on a third.
    (change,) = await undo(ada, seq + 1)
    assert change["snapshot"]["label_ids"] == sorted([scene.label["id"], more[1]])


async def test_a_command_is_not_undone_twice(ada: Api, scene: Scene) -> None:
    ok(await ada.patch(scene.at, {"title": "One"}))
    seq = await last_seq(ada)
    await undo(ada, seq)
    problem(await ada.post(f"changes/{seq}/undo"), 409, "changed_since")


async def test_the_problem_stays_short_however_much_was_changed(ada: Api) -> None:
    items = [{"project_id": ada.project["id"], "title": f"Task {n}"} for n in range(60)]
    made = ok(await ada.post("tasks/bulk_create", {"items": items}))["items"]
    seq = await last_seq(ada)
    patch = {"title": "Other", "description": "More", "priority": "low", "due": {"date": "2026-12-01"}, "status": "done"}
    ok(await ada.post("tasks/bulk_update", {"items": [{"id": task["id"], "patch": patch} for task in made]}))
    answer = await ada.post(f"changes/{seq}/undo")
    assert len(problem(answer, 409, "changed_since")["changed"]) == MAX_THINGS
    assert len(answer.content) < 10_000


async def test_a_place_that_is_taken_by_now_means_the_one_after_it(ada: Api, scene: Scene) -> None:
    """The rank between the first two is free once its task has gone, and then another one's."""
    first, between, last = [await ada.add_task(title) for title in ("first", "between", "last")]
    ok(await ada.post(f"tasks/{between['id']}/move", {"after": last["id"]}))
    seq = await last_seq(ada)
    newcomer = await ada.add_task("newcomer")
    await ada.post(f"tasks/{newcomer['id']}/move", {"after": first["id"]})
    await undo(ada, seq)
    listed = ok(await ada.get("tasks", sort="rank", project_id=scene.home["id"]))["items"]
    titles = [task["title"] for task in listed if task["title"] in {"first", "between", "last", "newcomer"}]
    assert titles == ["first", "newcomer", "between", "last"]


async def test_rules_of_today_hold(ada: Api, scene: Scene) -> None:
    ok(await ada.patch(scene.at, {"status": "done"}))
    seq = await last_seq(ada)
    project = ok(await ada.get(f"projects/{scene.home['id']}"))
    one_way = {"todo": ["done"]}
    ok(await ada.put(f"projects/{scene.home['id']}/workflow", {**project["workflow"], "transitions": one_way}))
    problem(await ada.post(f"changes/{seq}/undo"), 409, "illegal_transition")
    ok(await ada.post(f"projects/{scene.home['id']}/archive"))
    problem(await ada.post(f"changes/{seq}/undo"), 409, "project_archived")


async def test_a_name_that_another_label_has_by_now_is_taken(ada: Api, scene: Scene) -> None:
    await ada.delete(f"labels/{scene.label['id']}")
    changes = ok(await ada.get("changes", limit=1000, type="label.deleted"))["items"]
    ok(await ada.post("labels", {"name": "bug"}))
    problem(await ada.post(f"changes/{changes[-1]['seq']}/undo"), 409, "name_taken")


async def test_blockers_that_come_back_make_no_cycle(ada: Api, scene: Scene) -> None:
    ok(await ada.put(f"{scene.at}/blockers/{scene.other['id']}"))
    ok(await ada.delete(f"{scene.at}/blockers/{scene.other['id']}"))
    seq = await last_seq(ada)
    ok(await ada.put(f"tasks/{scene.other['id']}/blockers/{scene.task['id']}"))
    problem(await ada.post(f"changes/{seq}/undo"), 409, "cycle")


async def test_parents_that_come_back_make_no_cycle(ada: Api, scene: Scene) -> None:
    ok(await ada.patch(f"tasks/{scene.child['id']}", {"parent_id": None}))
    seq = await last_seq(ada)
    ok(await ada.patch(scene.at, {"parent_id": scene.child["id"]}))
    problem(await ada.post(f"changes/{seq}/undo"), 409, "cycle")


@pytest.mark.parametrize("seq", ["0", "-1", "1.5", "x", "01", "999999", "9" * 18, "9" * 40, "%00", "٣"])
async def test_a_change_that_is_not_there_is_not_found(ada: Api, seq: str) -> None:
    problem(await ada.post(f"changes/{seq}/undo"), 404, "not_found")


async def test_a_foreign_log_is_not_found(ada: Api, guest: Api) -> None:
    guest.workspace = ada.workspace
    problem(await guest.post("changes/1/undo"), 404, "not_found")


async def test_a_workspace_its_members_and_invitations_can_not_be_undone(ada: Api, guest: Api) -> None:
    await ada.invite(guest)
    ok(await ada.patch(f"members/{guest.user['id']}", {"role": "viewer"}))
    for change in ok(await ada.get("changes"))["items"]:
        if change["entity_type"] in {"workspace", "member", "invitation"}:
            refusal = problem(await ada.post(f"changes/{change['seq']}/undo"), 409, "not_undoable")
            assert "can't be taken back" in refusal["detail"]


async def test_what_was_purged_can_not_be_undone(ada: Api, scene: Scene, container: Container, database: Database) -> None:
    items = [{"id": scene.other["id"], "patch": {"title": "One"}}, {"id": scene.task["id"], "patch": {"title": "Two"}}]
    ok(await ada.post("tasks/bulk_update", {"items": items}))
    seq = await last_seq(ada)
    await ada.delete(f"tasks/{scene.other['id']}")
    await purge(container.modules["tasks"], database, RETENTION + timedelta(minutes=1))
    for change in ok(await ada.get("changes", limit=1000, entity_id=scene.other["id"]))["items"]:
        problem(await ada.post(f"changes/{change['seq']}/undo"), 409, "not_undoable")
    refusal = problem(await ada.post(f"changes/{seq}/undo"), 409, "not_undoable")
    assert "deleted permanently" in refusal["detail"]
    assert ok(await ada.get(scene.at))["title"] == "Two"


async def test_what_comes_back_to_the_trash_keeps_its_time_unless_that_is_over(
    ada: Api, scene: Scene, database: Database
) -> None:
    for age, kept in ((timedelta(days=29), True), (timedelta(days=31), False)):
        await ada.delete(f"tasks/{scene.other['id']}")
        instant = datetime.now(UTC) - age
        await database.fetch(
            TRASHED_AT, {"id": UUID(scene.other["id"]), "workspace_id": UUID(ada.workspace["id"]), "at": instant}
        )
        ok(await ada.post(f"tasks/{scene.other['id']}/restore"))
        (change,) = await undo(ada, await last_seq(ada))
        assert (datetime.fromisoformat(change["snapshot"]["deleted_at"]) == instant) is kept
        ok(await ada.post(f"tasks/{scene.other['id']}/restore"))


async def test_if_match_has_no_meaning(ada: Api) -> None:
    await ada.add_task()
    problem(await ada.post(f"changes/{await last_seq(ada)}/undo", if_match='"1"'), 400, "invalid_header")


async def test_a_retry_replays_the_answer_byte_for_byte(ada: Api) -> None:
    await ada.add_task()
    seq, key = await last_seq(ada), uuid4().hex
    first = await ada.post(f"changes/{seq}/undo", idempotency_key=key)
    await ada.add_task()
    again = await ada.post(f"changes/{seq}/undo", idempotency_key=key)
    assert (again.content, again.headers.get("idempotency-replayed")) == (first.content, "true")
    problem(await ada.post(f"changes/{seq + 1}/undo", idempotency_key=key), 422, "idempotency_key_reused")


async def test_a_deletion_that_is_undone_is_replayed_as_well(ada: Api) -> None:
    ok(await ada.post("labels", {"name": "Bug"}))
    seq, key = await last_seq(ada), uuid4().hex
    first = await ada.post(f"changes/{seq}/undo", idempotency_key=key)
    assert ok(first)["items"][0]["type"] == "label.deleted"
    again = await ada.post(f"changes/{seq}/undo", idempotency_key=key)
    assert (again.content, again.headers.get("idempotency-replayed")) == (first.content, "true")
