"""The resources of the tasks module, as the conformance kit asks for them."""

from collections.abc import Mapping
from typing import Any

from taskhub.testing.conformance import Action, Client, Resource, World

Json = dict[str, Any]


async def project(world: World) -> Json:
    return await world.add("projects", new_project(world))


async def task(world: World) -> Json:
    return await world.add("tasks", {**await world.parents(TASK), "title": "Oil the engine"})


# -- projects --------------------------------------------------------------------------------------


def new_project(world: World, client: Client | None = None) -> Json:
    return {"key": f"P{world.unique()}", "name": f"Project {world.unique()}"}


async def archived(world: World, thing: Json) -> Json:
    assert (await (await world.client()).post(f"projects/{thing['id']}/archive")).is_success
    return {}


async def trashed_project(world: World, thing: Json) -> Json:
    assert (await (await world.client()).delete(f"projects/{thing['id']}")).is_success
    return {}


NARROW = {
    "statuses": [{"key": "open", "name": "Open", "category": "todo"}],
    "transitions": {"open": []},
    "status_map": {"todo": "open"},
}
PROJECT = Resource(
    "project",
    "projects",
    make=new_project,
    patches=[{"name": "Ümlaut ☃"}, {"description": "# Oil\n\nTwice *a* day."}],
    text="name",
    roles={"DELETE": "admin"},
    rows_left={"projects": "its key is never given again"},
    retention_days=30,
    round_trips={"DELETE": 9, "archive": 3, "unarchive": 3, "restore": 9, "set_workflow": 9},
    actions=[
        Action("archive", "POST", "archive", role="admin"),
        Action("unarchive", "POST", "unarchive", given=archived, role="admin"),
        Action("restore", "POST", "restore", given=trashed_project, role="admin"),
        Action("set_workflow", "PUT", "workflow", body=NARROW),
    ],
)

# -- tasks -----------------------------------------------------------------------------------------


async def within_project(world: World) -> Mapping[str, str]:
    return {"project_id": (await project(world))["id"]}


async def new_task(world: World, client: Client) -> Json:
    return {**await world.parents(TASK), "title": f"Task {world.unique()}", "external_keys": [f"crm-{world.unique()}"]}


async def a_label(world: World, thing: Json) -> Json:
    return {"label_id": (await world.add("labels", {"name": f"Label {world.unique()}"}))["id"]}


async def labelled(world: World, thing: Json) -> Json:
    given = await a_label(world, thing)
    assert (await (await world.client()).put(f"tasks/{thing['id']}/labels/{given['label_id']}")).is_success
    return given


async def another_task(world: World, thing: Json) -> Json:
    return {"blocker": (await task(world))["id"]}


async def blocked(world: World, thing: Json) -> Json:
    given = await another_task(world, thing)
    assert (await (await world.client()).put(f"tasks/{thing['id']}/blockers/{given['blocker']}")).is_success
    return given


async def oneself(world: World, thing: Json) -> Json:
    return {"user_id": (await world.client()).id}


async def assigned(world: World, thing: Json) -> Json:
    given = await oneself(world, thing)
    assert (await (await world.client()).put(f"tasks/{thing['id']}/assignees/{given['user_id']}")).is_success
    return given


async def trashed_task(world: World, thing: Json) -> Json:
    assert (await (await world.client()).delete(f"tasks/{thing['id']}")).is_success
    return {}


async def with_assignee(world: World) -> Json:
    return {"assignee_ids": [(await world.client()).id]}


TASK = Resource(
    "task",
    "tasks",
    make=new_task,
    parents=within_project,
    patches=[
        {"title": "Ümlaut ☃"},
        {"description": "# Oil\n\nTwice *a* day."},
        {"status": "in_progress"},
        {"priority": "urgent"},
        {"due": {"date": "2026-10-25", "time": "02:30", "time_zone": "Europe/Berlin"}},
        with_assignee,
        lambda world: {"external_keys": [f"github:ümlaut/☃#{world.unique()}", f"a {world.unique()}"]},
    ],
    text="title",
    rows_left={"external_keys": "its external keys are never given again"},
    retention_days=30,
    belongs_to="projects/{project_id}",
    round_trips={
        "DELETE": 9,
        "label": 2,
        "unlabel": 2,
        "assign": 2,
        "unassign": 2,
        "block": 8,
        "unblock": 8,
        "move": 8,
        "restore": 9,
    },
    actions=[
        Action("label", "PUT", "labels/{label_id}", given=a_label),
        Action("unlabel", "DELETE", "labels/{label_id}", given=labelled),
        Action("assign", "PUT", "assignees/{user_id}", given=oneself),
        Action("unassign", "DELETE", "assignees/{user_id}", given=assigned),
        Action("block", "PUT", "blockers/{blocker}", given=another_task),
        Action("unblock", "DELETE", "blockers/{blocker}", given=blocked),
        Action("move", "POST", "move", body={"to": "last", "status": "done"}),
        Action("restore", "POST", "restore", given=trashed_task),
    ],
)

# -- labels and comments ---------------------------------------------------------------------------


def new_label(world: World, client: Client) -> Json:
    return {"name": f"Label {world.unique()}"}


LABEL = Resource(
    "label",
    "labels",
    make=new_label,
    patches=[lambda world: {"name": f"Ümlaut ☃ {world.unique()}"}, {"color": "#abcdef"}],
    text="name",
    roles={"DELETE": "admin"},
    round_trips={"DELETE": 8},
)


async def within_task(world: World) -> Mapping[str, str]:
    return {"task_id": (await task(world))["id"]}


def new_comment(world: World, client: Client) -> Json:
    return {"body": f'"quoted" \\ ☃ @{client.id} {world.unique()}\n'}


COMMENT = Resource(
    "comment",
    "tasks/{task_id}/comments",
    make=new_comment,
    parents=within_task,
    patches=[lambda world: {"body": f"Edited {world.unique()}"}],
    text="body",
    is_personal=True,
    belongs_to="tasks/{task_id}",
    rows_left={"comments": "it tells which events belong to the history of the task"},
    round_trips={"POST": 3, "PATCH": 3, "DELETE": 3},
)


RESOURCES = (PROJECT, TASK, LABEL, COMMENT)
