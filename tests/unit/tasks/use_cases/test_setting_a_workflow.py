"""A project gets another workflow, and its tasks go along."""

from typing import Any

import pytest

from factories.tasks import LATER, NOW, workflow_of
from support.house import House
from taskhub.kernel.domain.errors import NotFound, StaleVersion
from taskhub.tasks.application.set_workflow import SetWorkflow, set_workflow
from taskhub.tasks.contract.errors import ProjectArchived
from taskhub.tasks.domain.errors import StatusInUse
from taskhub.tasks.domain.workflow import STANDARD

KANBAN = workflow_of("open:todo", "shipped:done", "done")


def setting(house: House, **moves: str) -> SetWorkflow:
    return SetWorkflow(house.workspace_id, house.project.id, KANBAN, moves, None)


async def test_a_project_without_tasks_takes_any_workflow() -> None:
    house = House()
    project = await house.run(set_workflow, setting(house))
    assert (project.workflow, project.version) == (KANBAN, 2)


async def test_tasks_go_where_the_map_leads_each_with_its_own_event() -> None:
    house = House()
    tasks = [house.task(), house.task()]
    await house.run(set_workflow, setting(house, todo="open"))
    assert [(house.stored(task).content.status, house.stored(task).version) for task in tasks] == [("open", 2)] * 2
    assert house.events_of(tasks) == ["task.updated"] * 2


async def test_a_task_whose_status_stays_is_not_touched() -> None:
    house = House()
    task = house.task(content__status="done", status_category="done", closed_at=NOW)
    await house.run(set_workflow, setting(house, todo="open"))
    assert (house.stored(task).content.status, house.stored(task).version) == ("done", 1)


@pytest.mark.parametrize(
    ("before", "target", "category", "closed_at"),
    [
        ({"content__status": "todo", "status_category": "todo"}, "shipped", "done", LATER),
        ({"content__status": "cancelled", "status_category": "cancelled", "closed_at": NOW}, "shipped", "done", NOW),
        ({"content__status": "cancelled", "status_category": "cancelled", "closed_at": NOW}, "open", "todo", None),
    ],
)
async def test_a_task_is_closed_and_reopened_by_the_map(
    before: dict[str, Any], target: str, category: str, closed_at: object
) -> None:
    house = House()
    task = house.task(**before)
    await house.run(set_workflow, setting(house, **{before["content__status"]: target}))
    stored = house.stored(task)
    assert (stored.content.status, stored.status_category, stored.closed_at) == (target, category, closed_at)


async def test_no_transition_has_to_lead_where_the_map_leads() -> None:
    house = House(workflow=workflow_of("todo", "done", transitions={}))
    task = house.task()
    await house.run(set_workflow, setting(house, todo="shipped"))
    assert house.stored(task).content.status == "shipped"


async def test_tasks_in_the_trash_use_their_status_and_go_along() -> None:
    house = House()
    task = house.task(deleted_at=NOW)
    with pytest.raises(StatusInUse) as refusal:
        await house.run(set_workflow, setting(house))
    assert refusal.value.extra == {"statuses": ["todo"]}
    await house.run(set_workflow, setting(house, todo="open"))
    assert (house.stored(task).content.status, house.stored(task).deleted_at) == ("open", NOW)


async def test_what_is_refused_leaves_project_and_tasks_as_they_were() -> None:
    house = House()
    task = house.task()
    with pytest.raises(StatusInUse):
        await house.run(set_workflow, setting(house, cancelled="open"))
    assert (house.stored(house.project).workflow, house.stored(task).content.status) == (STANDARD, "todo")


async def test_tasks_of_other_projects_stay_where_they_are() -> None:
    house = House()
    elsewhere = house.task(house.another_project())
    await house.run(set_workflow, setting(house, todo="open"))
    assert house.stored(elsewhere).content.status == "todo"


async def test_the_same_request_again_changes_nothing() -> None:
    house = House()
    task = house.task()
    for _ in range(2):
        await house.run(set_workflow, setting(house, todo="open"))
    assert (house.stored(house.project).version, house.stored(task).version) == (2, 2)


async def test_the_tasks_of_an_archived_project_do_not_move() -> None:
    house = House(archived_at=NOW)
    house.task()
    with pytest.raises(ProjectArchived):
        await house.run(set_workflow, setting(house, todo="open"))


async def test_a_project_in_the_trash_keeps_its_workflow() -> None:
    house = House(deleted_at=NOW)
    with pytest.raises(NotFound):
        await house.run(set_workflow, setting(house))


async def test_a_project_of_an_unexpected_version_keeps_its_workflow() -> None:
    house = House(version=3)
    with pytest.raises(StaleVersion):
        await house.run(set_workflow, SetWorkflow(house.workspace_id, house.project.id, KANBAN, {}, frozenset({2})))
