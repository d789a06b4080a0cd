"""Changes of the structure of work that name tasks by their keys, or change several: sent twice, with a version, and by those who
may not. All others are asked by the conformance kit.
"""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from integration.tasks.structure.conftest import Meet
from support.harness.api import Api, ok
from support.harness.event_log import read_log
from support.harness.operations import PROTECTED
from support.harness.problems import problem
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.workspaces.contract.access import Role, WorkspaceAccess


class Things(NamedTuple):
    """What there is to change. The task has the label and waits for the blocker."""

    project: dict[str, Any]
    task: dict[str, Any]
    blocker: dict[str, Any]
    label: dict[str, Any]
    other_label: dict[str, Any]
    comment: dict[str, Any]


Step = Callable[[Things], tuple[str, str, Any]]
TITLE = {"title": "Changed"}
CREATES: dict[str, Step] = {
    "create_comment by key": lambda has: ("POST", f"tasks/{has.task['key']}/comments", {"body": "New"}),
    "create_task": lambda has: ("POST", "tasks", {"project_id": has.project["id"], **TITLE, "parent_id": has.task["id"]}),
}
CHANGES: dict[str, Step] = {
    "unlabel_task": lambda has: ("DELETE", f"tasks/{has.task['key']}/labels/{has.label['id']}", None),
    "block_task": lambda has: ("PUT", f"tasks/{has.blocker['id']}/blockers/OPS-3", None),
    "move_task": lambda has: ("POST", f"tasks/{has.task['key']}/move", {"to": "last", "status": "done"}),
    "change_task": lambda has: ("PATCH", f"tasks/{has.blocker['id']}", {"parent_id": has.task["id"]}),
}
BATCHES: dict[str, Step] = {
    "bulk_create_tasks": lambda has: ("POST", "tasks/bulk_create", {"items": [{"project_id": has.project["id"], **TITLE}] * 2}),
    "bulk_update_tasks": lambda has: ("POST", "tasks/bulk_update", {"items": [{"id": has.task["id"], "patch": TITLE}]}),
}
ALL = {**CREATES, **CHANGES, **BATCHES}


def each(steps: dict[str, Step]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("step", steps.values(), ids=steps.keys())


@pytest.fixture
async def things(ada: Api) -> Things:
    label, other = ok(await ada.post("labels", {"name": "Bug"})), ok(await ada.post("labels", {"name": "UI"}))
    blocker = await ada.add_task()
    task = await ada.add_task(label_ids=[label["id"]], blocked_by_ids=[blocker["id"]])
    await ada.add_task()
    comment = ok(await ada.post(f"tasks/{task['id']}/comments", {"body": "Done yet?"}))
    return Things(ada.project, task, blocker, label, other, comment)


async def log_of(database: Database, api: Api) -> list[dict[str, Any]]:
    return await read_log(database, UUID(api.workspace["id"]))


@each(ALL)
async def test_a_key_replays_the_first_answer_byte_for_byte(ada: Api, database: Database, things: Things, step: Step) -> None:
    method, path, body = step(things)
    first = await ada.send(method, path, body, idempotency_key="once")
    assert first.is_success, first.text
    after = await log_of(database, ada)
    again = await ada.send(method, path, body, idempotency_key="once")
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for name in ("etag", "location", "content-location", "content-type"):
        assert again.headers.get(name) == first.headers.get(name)
    assert await log_of(database, ada) == after, "a replay changes nothing"


@each({**CREATES, **CHANGES})
async def test_a_retry_gets_its_answer_even_after_the_thing_has_moved_on(ada: Api, things: Things, step: Step) -> None:
    method, path, body = step(things)
    first = await ada.send(method, path, body, idempotency_key="once")
    await ada.patch(f"tasks/{things.task['id']}", {"title": "Moved on"})
    await ada.patch(f"labels/{things.label['id']}", {"color": "#123456"})
    await ada.delete(f"projects/{things.project['id']}")
    again = await ada.send(method, path, body, idempotency_key="once")
    assert (again.status_code, again.content) == (first.status_code, first.content)


@each(CHANGES)
async def test_a_stale_version_changes_nothing_and_the_right_one_does(
    ada: Api, database: Database, things: Things, step: Step
) -> None:
    method, path, body = step(things)
    before = await log_of(database, ada)
    for stale in ('"9"', 'W/"1"', '"1-gzip"', '"01"'):
        refused = await ada.send(method, path, body, if_match=stale)
        assert problem(refused, 412, "stale_version")["current_version"] == 1
        assert refused.headers["etag"] == '"1"'
    problem(await ada.send(method, path, body, if_match="1"), 400, "invalid_header")
    assert await log_of(database, ada) == before
    answer = await ada.send(method, path, body, if_match='"9", "1"')
    assert answer.is_success
    if answer.status_code != 204:
        assert answer.headers["etag"] == '"2"'


@each(CHANGES)
async def test_each_thing_that_changes_gets_one_version_and_one_event(
    ada: Api, database: Database, things: Things, step: Step
) -> None:
    method, path, body = step(things)
    made_so_far = len(await log_of(database, ada))
    answer = await ada.send(method, path, body, if_match="*")
    assert answer.is_success
    events = (await log_of(database, ada))[made_so_far:]
    assert len({event["entity_id"] for event in events}) == len(events) >= 1
    assert {event["entity_version"] for event in events} == {2}
    assert {str(event["actor_id"]) for event in events} == {ada.user["id"]}


@each(ALL)
async def test_nothing_changes_without_the_role_and_the_scope_for_it(
    ada: Api, meet: Meet, database: Database, things: Things, step: Step
) -> None:
    method, path, body = step(things)
    viewer = await meet("viewer")
    reader = await meet(scope="read")
    before = await log_of(database, ada)
    problem(await viewer.send(method, path, body), 403, "not_allowed")
    refused = await reader.send(method, path, body)
    problem(refused, 403, "insufficient_scope")
    assert "scope=" in refused.headers["www-authenticate"]
    assert await log_of(database, ada) == before


WHO_MAY = {
    Role.VIEWER: {"list_labels", "get_label", "list_comments", "get_comment", "list_history"},
    Role.MEMBER: {
        *("create_label", "change_label", "label_task", "unlabel_task", "block_task", "unblock_task", "move_task"),
        *("bulk_create_tasks", "bulk_update_tasks", "create_comment", "change_comment", "delete_comment", "set_workflow"),
    },
    Role.ADMIN: {"delete_label"},
}


def test_the_roles_are_those_of_the_contract() -> None:
    asked_for = {one.operation_id: one.access.role for one in PROTECTED if isinstance(one.access, WorkspaceAccess)}
    for role, operations in WHO_MAY.items():
        assert {operation: asked_for[operation] for operation in operations} == dict.fromkeys(operations, role)
