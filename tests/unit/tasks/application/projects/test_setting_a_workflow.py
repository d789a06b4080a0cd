"""A project gets another workflow, and its tasks go along."""

from typing import Any

import pytest

from factories.tasks import LATER, NOW, workflow_of
from support.harness.scenario import Scenario
from taskhub.kernel.domain.errors import NotFound, StaleVersion
from taskhub.tasks.application.projects.set_workflow import SetWorkflow, set_workflow
from taskhub.tasks.domain.errors import ProjectArchived, StatusInUse
from taskhub.tasks.domain.workflow import STANDARD

KANBAN = workflow_of("open:todo", "shipped:done", "done")


def setting(scenario: Scenario, **moves: str) -> SetWorkflow:
    return SetWorkflow(scenario.workspace_id, scenario.project.id, KANBAN, moves, None)


async def test_a_project_without_tasks_takes_any_workflow() -> None:
    scenario = Scenario()
    project = await scenario.run(set_workflow, setting(scenario))
    assert (project.workflow, project.version) == (KANBAN, 2)


async def test_tasks_go_where_the_map_leads_each_with_its_own_event() -> None:
    scenario = Scenario()
    tasks = [scenario.task(), scenario.task()]
    await scenario.run(set_workflow, setting(scenario, todo="open"))
    assert [(scenario.stored(task).content.status, scenario.stored(task).version) for task in tasks] == [("open", 2)] * 2
    assert scenario.events_of(tasks) == ["task.updated"] * 2


async def test_a_task_whose_status_stays_is_not_touched() -> None:
    scenario = Scenario()
    task = scenario.task(content__status="done", status_category="done", closed_at=NOW)
    await scenario.run(set_workflow, setting(scenario, todo="open"))
    assert (scenario.stored(task).content.status, scenario.stored(task).version) == ("done", 1)


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
    scenario = Scenario()
    task = scenario.task(**before)
    await scenario.run(set_workflow, setting(scenario, **{before["content__status"]: target}))
    stored = scenario.stored(task)
    assert (stored.content.status, stored.status_category, stored.closed_at) == (target, category, closed_at)


async def test_no_transition_has_to_lead_where_the_map_leads() -> None:
    scenario = Scenario(workflow=workflow_of("todo", "done", transitions={}))
    task = scenario.task()
    await scenario.run(set_workflow, setting(scenario, todo="shipped"))
    assert scenario.stored(task).content.status == "shipped"


async def test_tasks_in_the_trash_use_their_status_and_go_along() -> None:
    scenario = Scenario()
    task = scenario.task(deleted_at=NOW)
    with pytest.raises(StatusInUse) as refusal:
        await scenario.run(set_workflow, setting(scenario))
    assert refusal.value.extra == {"statuses": ["todo"]}
    await scenario.run(set_workflow, setting(scenario, todo="open"))
    assert (scenario.stored(task).content.status, scenario.stored(task).deleted_at) == ("open", NOW)


async def test_what_is_refused_leaves_project_and_tasks_as_they_were() -> None:
    scenario = Scenario()
    task = scenario.task()
    with pytest.raises(StatusInUse):
        await scenario.run(set_workflow, setting(scenario, cancelled="open"))
    assert (scenario.stored(scenario.project).workflow, scenario.stored(task).content.status) == (STANDARD, "todo")


async def test_tasks_of_other_projects_stay_where_they_are() -> None:
    scenario = Scenario()
    elsewhere = scenario.task(scenario.another_project())
    await scenario.run(set_workflow, setting(scenario, todo="open"))
    assert scenario.stored(elsewhere).content.status == "todo"


async def test_the_same_request_again_changes_nothing() -> None:
    scenario = Scenario()
    task = scenario.task()
    for _ in range(2):
        await scenario.run(set_workflow, setting(scenario, todo="open"))
    assert (scenario.stored(scenario.project).version, scenario.stored(task).version) == (2, 2)


async def test_the_tasks_of_an_archived_project_do_not_move() -> None:
    scenario = Scenario(archived_at=NOW)
    scenario.task()
    with pytest.raises(ProjectArchived):
        await scenario.run(set_workflow, setting(scenario, todo="open"))


async def test_a_project_in_the_trash_keeps_its_workflow() -> None:
    scenario = Scenario(deleted_at=NOW)
    with pytest.raises(NotFound):
        await scenario.run(set_workflow, setting(scenario))


async def test_a_project_of_an_unexpected_version_keeps_its_workflow() -> None:
    scenario = Scenario(version=3)
    with pytest.raises(StaleVersion):
        await scenario.run(set_workflow, SetWorkflow(scenario.workspace_id, scenario.project.id, KANBAN, {}, frozenset({2})))
