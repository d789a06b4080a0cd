"""Many tasks are created, all or none."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from factories.tasks import LATER, NOW
from support.harness.scenario import Scenario
from taskhub.kernel.domain.errors import DomainError, IdTaken, UnknownReference, ValidationFailed
from taskhub.tasks.application.bulk.bulk_create_tasks import BulkCreateTasks, NewItem, bulk_create_tasks
from taskhub.tasks.application.tasks.create_task import create_task
from taskhub.tasks.contract.errors import ProjectArchived
from taskhub.tasks.domain.errors import TooDeep
from taskhub.tasks.domain.hierarchy import MAX_LEVELS
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task

ACTOR = uuid4()


def item(project: Project, id: UUID | None = None, **values: Any) -> NewItem:
    return NewItem(id or uuid4(), project.id, {"title": "Oil the engine", **values})


async def created(scenario: Scenario, *items: NewItem) -> list[Task]:
    tasks: list[Task] = await scenario.run(bulk_create_tasks, BulkCreateTasks(scenario.workspace_id, items, ACTOR))
    return tasks


async def refused(scenario: Scenario, kind: type[DomainError], *items: NewItem) -> list[str | None]:
    """Where the refusal points."""
    with pytest.raises(kind) as refusal:
        await created(scenario, *items)
    assert scenario.store.events == []
    return [fault.pointer for fault in refusal.value.faults]


async def test_tasks_are_numbered_and_placed_in_the_order_of_the_request() -> None:
    scenario = Scenario(key="OPS")
    first = scenario.task()
    tasks = await created(scenario, *(item(scenario.project, title=title) for title in "abc"))
    assert [(task.key, task.content.title) for task in tasks] == [("OPS-2", "a"), ("OPS-3", "b"), ("OPS-4", "c")]
    assert scenario.order() == [first.id, *(task.id for task in tasks)]


async def test_each_task_has_its_own_event_and_tells_who_made_it() -> None:
    scenario = Scenario()
    tasks = await created(scenario, item(scenario.project), item(scenario.project))
    assert scenario.store.events == [("task.created", task.id, 1) for task in tasks]
    assert {(task.created_by_id, task.created_at) for task in tasks} == {(ACTOR, LATER)}


async def test_an_id_that_is_taken_is_found_among_those_that_the_service_has_made() -> None:
    scenario, taken = Scenario(), uuid4()
    scenario.store.used_ids.add((scenario.workspace_id, taken))
    pointers = await refused(
        scenario,
        IdTaken,
        NewItem(uuid4(), scenario.project.id, {"title": "a"}, has_chosen_id=False),
        item(scenario.project, taken),
    )
    assert pointers == ["/items/1"]


async def test_tasks_of_several_projects_are_numbered_in_each() -> None:
    scenario = Scenario(key="OPS")
    web = scenario.another_project(key="WEB")
    tasks = await created(scenario, item(scenario.project), item(web), item(scenario.project), item(web))
    assert [task.key for task in tasks] == ["OPS-1", "WEB-1", "OPS-2", "WEB-2"]
    assert [scenario.order(), scenario.order(web)] == [[tasks[0].id, tasks[2].id], [tasks[1].id, tasks[3].id]]


async def test_the_next_task_comes_behind_them() -> None:
    scenario = Scenario(key="OPS")
    tasks = await created(scenario, item(scenario.project), item(scenario.project))
    last = await scenario.run(create_task, scenario.create())
    assert last.key == "OPS-3"
    assert scenario.order() == [*(task.id for task in tasks), last.id]


async def test_an_item_may_name_those_before_it() -> None:
    scenario = Scenario()
    parent, child = item(scenario.project), uuid4()
    tasks = await created(scenario, parent, item(scenario.project, child, parent_id=parent.id, blocked_by_ids=(parent.id,)))
    content = tasks[1].content
    assert (content.parent_id, content.blocked_by_ids) == (parent.id, (parent.id,))


async def test_an_item_may_not_name_those_behind_it() -> None:
    scenario = Scenario()
    later = item(scenario.project)
    assert await refused(scenario, UnknownReference, item(scenario.project, parent_id=later.id), later) == ["/items/0/parent_id"]
    pointers = await refused(scenario, UnknownReference, item(scenario.project, blocked_by_ids=(later.id,)), later)
    assert pointers == ["/items/0/blocked_by_ids/0"]


async def test_items_that_hang_on_each_other_are_not_too_deep() -> None:
    scenario = Scenario()
    items = [item(scenario.project)]
    while len(items) <= MAX_LEVELS:
        items.append(item(scenario.project, parent_id=items[-1].id))
    assert await refused(scenario, TooDeep, *items) == [f"/items/{MAX_LEVELS}"]
    assert len(await created(scenario, *items[:-1])) == MAX_LEVELS


async def test_an_item_of_another_project_is_no_parent() -> None:
    scenario = Scenario()
    elsewhere = item(scenario.another_project())
    pointers = await refused(scenario, UnknownReference, elsewhere, item(scenario.project, parent_id=elsewhere.id))
    assert pointers == ["/items/1/parent_id"]


@pytest.mark.parametrize("name", ["label_ids", "assignee_ids", "blocked_by_ids"])
async def test_what_is_not_there_is_pointed_at_in_its_item(name: str) -> None:
    scenario = Scenario()
    there = {"label_ids": scenario.label().id, "assignee_ids": scenario.member(), "blocked_by_ids": scenario.task().id}[name]
    wanted: dict[str, Any] = {name: (there, uuid4())}
    assert await refused(scenario, UnknownReference, item(scenario.project), item(scenario.project, **wanted)) == [
        f"/items/1/{name}/1"
    ]


async def test_a_project_that_is_not_there_is_pointed_at_in_its_item() -> None:
    scenario = Scenario()
    for project in (Scenario().project, scenario.another_project(deleted_at=NOW)):
        assert await refused(scenario, UnknownReference, item(scenario.project), item(project)) == ["/items/1/project_id"]


async def test_an_archived_project_is_pointed_at_with_its_item() -> None:
    scenario = Scenario()
    archived = scenario.another_project(archived_at=NOW)
    assert await refused(scenario, ProjectArchived, item(scenario.project), item(archived)) == ["/items/1"]


async def test_a_status_that_the_project_lacks_is_pointed_at_in_its_item() -> None:
    scenario = Scenario()
    assert await refused(scenario, ValidationFailed, item(scenario.project), item(scenario.project, status="gone")) == [
        "/items/1/status"
    ]


async def test_an_id_that_was_used_is_pointed_at_with_its_item() -> None:
    scenario = Scenario()
    used = await created(scenario, item(scenario.project))
    events = list(scenario.store.events)
    with pytest.raises(IdTaken) as refusal:
        await created(scenario, item(scenario.project), item(scenario.project, used[0].id))
    assert [fault.pointer for fault in refusal.value.faults] == ["/items/1"]
    assert scenario.store.events == events


async def test_what_was_refused_took_no_numbers() -> None:
    scenario = Scenario(key="OPS")
    await refused(scenario, ValidationFailed, item(scenario.project), item(scenario.project, status="gone"))
    assert [task.key for task in await created(scenario, item(scenario.project))] == ["OPS-1"]
