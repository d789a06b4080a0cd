"""Many tasks are created, all or none."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from factories.tasks import LATER, NOW
from support.house import House
from taskhub.kernel.domain.errors import DomainError, IdTaken, UnknownReference, ValidationFailed
from taskhub.tasks.application.bulk_create_tasks import BulkCreateTasks, NewItem, bulk_create_tasks
from taskhub.tasks.application.create_task import create_task
from taskhub.tasks.contract.errors import ProjectArchived
from taskhub.tasks.domain.errors import TooDeep
from taskhub.tasks.domain.hierarchy import MOST_LEVELS
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task

ACTOR = uuid4()


def item(project: Project, id: UUID | None = None, **values: Any) -> NewItem:
    return NewItem(id or uuid4(), project.id, {"title": "Oil the engine", **values})


async def created(house: House, *items: NewItem) -> list[Task]:
    tasks: list[Task] = await house.run(bulk_create_tasks, BulkCreateTasks(house.workspace_id, items, ACTOR))
    return tasks


async def refused(house: House, kind: type[DomainError], *items: NewItem) -> list[str | None]:
    """Where the refusal points."""
    with pytest.raises(kind) as refusal:
        await created(house, *items)
    assert house.store.events == []
    return [fault.pointer for fault in refusal.value.faults]


async def test_tasks_are_numbered_and_placed_in_the_order_of_the_request() -> None:
    house = House(key="OPS")
    first = house.task()
    tasks = await created(house, *(item(house.project, title=title) for title in "abc"))
    assert [(task.key, task.content.title) for task in tasks] == [("OPS-2", "a"), ("OPS-3", "b"), ("OPS-4", "c")]
    assert house.order() == [first.id, *(task.id for task in tasks)]


async def test_each_task_has_its_own_event_and_tells_who_made_it() -> None:
    house = House()
    tasks = await created(house, item(house.project), item(house.project))
    assert house.store.events == [("task.created", task.id, 1) for task in tasks]
    assert {(task.created_by_id, task.created_at) for task in tasks} == {(ACTOR, LATER)}


async def test_tasks_of_several_projects_are_numbered_in_each() -> None:
    house = House(key="OPS")
    web = house.another_project(key="WEB")
    tasks = await created(house, item(house.project), item(web), item(house.project), item(web))
    assert [task.key for task in tasks] == ["OPS-1", "WEB-1", "OPS-2", "WEB-2"]
    assert [house.order(), house.order(web)] == [[tasks[0].id, tasks[2].id], [tasks[1].id, tasks[3].id]]


async def test_the_next_task_comes_behind_them() -> None:
    house = House(key="OPS")
    tasks = await created(house, item(house.project), item(house.project))
    last = await house.run(create_task, house.create())
    assert last.key == "OPS-3"
    assert house.order() == [*(task.id for task in tasks), last.id]


async def test_an_item_may_name_those_before_it() -> None:
    house = House()
    parent, child = item(house.project), uuid4()
    tasks = await created(house, parent, item(house.project, child, parent_id=parent.id, blocked_by_ids=(parent.id,)))
    content = tasks[1].content
    assert (content.parent_id, content.blocked_by_ids) == (parent.id, (parent.id,))


async def test_an_item_may_not_name_those_behind_it() -> None:
    house = House()
    later = item(house.project)
    assert await refused(house, UnknownReference, item(house.project, parent_id=later.id), later) == ["/items/0/parent_id"]
    pointers = await refused(house, UnknownReference, item(house.project, blocked_by_ids=(later.id,)), later)
    assert pointers == ["/items/0/blocked_by_ids/0"]


async def test_items_that_hang_on_each_other_are_not_too_deep() -> None:
    house = House()
    items = [item(house.project)]
    while len(items) <= MOST_LEVELS:
        items.append(item(house.project, parent_id=items[-1].id))
    assert await refused(house, TooDeep, *items) == [f"/items/{MOST_LEVELS}"]
    assert len(await created(house, *items[:-1])) == MOST_LEVELS


async def test_an_item_of_another_project_is_no_parent() -> None:
    house = House()
    elsewhere = item(house.another_project())
    pointers = await refused(house, UnknownReference, elsewhere, item(house.project, parent_id=elsewhere.id))
    assert pointers == ["/items/1/parent_id"]


@pytest.mark.parametrize("name", ["label_ids", "assignee_ids", "blocked_by_ids"])
async def test_what_is_not_there_is_pointed_at_in_its_item(name: str) -> None:
    house = House()
    there = {"label_ids": house.label().id, "assignee_ids": house.member(), "blocked_by_ids": house.task().id}[name]
    wanted: dict[str, Any] = {name: (there, uuid4())}
    assert await refused(house, UnknownReference, item(house.project), item(house.project, **wanted)) == [f"/items/1/{name}/1"]


async def test_a_project_that_is_not_there_is_pointed_at_in_its_item() -> None:
    house = House()
    for project in (House().project, house.another_project(deleted_at=NOW)):
        assert await refused(house, UnknownReference, item(house.project), item(project)) == ["/items/1/project_id"]


async def test_an_archived_project_is_pointed_at_with_its_item() -> None:
    house = House()
    archived = house.another_project(archived_at=NOW)
    assert await refused(house, ProjectArchived, item(house.project), item(archived)) == ["/items/1"]


async def test_a_status_that_the_project_lacks_is_pointed_at_in_its_item() -> None:
    house = House()
    assert await refused(house, ValidationFailed, item(house.project), item(house.project, status="gone")) == ["/items/1/status"]


async def test_an_id_that_was_used_is_pointed_at_with_its_item() -> None:
    house = House()
    used = await created(house, item(house.project))
    events = list(house.store.events)
    with pytest.raises(IdTaken) as refusal:
        await created(house, item(house.project), item(house.project, used[0].id))
    assert [fault.pointer for fault in refusal.value.faults] == ["/items/1"]
    assert house.store.events == events


async def test_what_was_refused_took_no_numbers() -> None:
    house = House(key="OPS")
    await refused(house, ValidationFailed, item(house.project), item(house.project, status="gone"))
    assert [task.key for task in await created(house, item(house.project))] == ["OPS-1"]
