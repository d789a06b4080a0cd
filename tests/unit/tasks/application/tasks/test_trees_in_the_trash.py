"""Tasks go to the trash with all below them, and come back whole."""

from datetime import datetime

import pytest

from factories.tasks import LATER, NOW
from support.harness.scenario import Scenario
from taskhub.kernel.domain.errors import NotFound
from taskhub.tasks.application.projects.trash_project import TrashProject, restore_project, trash_project
from taskhub.tasks.application.tasks.trash_task import TrashTask, restore_task, trash_task
from taskhub.tasks.domain.errors import ParentDeleted, ProjectArchived, ProjectDeleted
from taskhub.tasks.domain.task import Task


async def trash(scenario: Scenario, task: Task) -> None:
    await scenario.run(trash_task, TrashTask(scenario.workspace_id, task.id, None))


async def restore(scenario: Scenario, task: Task) -> None:
    await scenario.run(restore_task, TrashTask(scenario.workspace_id, task.id, None))


def deleted_at(scenario: Scenario, *tasks: Task) -> list[datetime | None]:
    return [scenario.stored(task).deleted_at for task in tasks]


async def test_all_below_a_task_go_along_each_with_its_own_event() -> None:
    scenario = Scenario()
    tasks = scenario.chain(3)
    await trash(scenario, tasks[0])
    assert deleted_at(scenario, *tasks) == [LATER] * 3
    assert sorted(scenario.store.events) == sorted(("task.trashed", task.id, 2) for task in tasks)


async def test_what_is_above_and_beside_a_task_stays() -> None:
    scenario = Scenario()
    top, task = scenario.chain(2)
    sibling = scenario.task(content__parent_id=top.id)
    await trash(scenario, task)
    assert deleted_at(scenario, top, sibling) == [None, None]


async def test_a_tree_comes_back_whole() -> None:
    scenario = Scenario()
    tasks = scenario.chain(4)
    await trash(scenario, tasks[0])
    await restore(scenario, tasks[0])
    assert deleted_at(scenario, *tasks) == [None] * 4
    assert [scenario.stored(task).content.parent_id for task in tasks] == [None, *(task.id for task in tasks[:-1])]
    assert [scenario.stored(task).version for task in tasks] == [3] * 4


async def test_what_was_in_the_trash_before_stays_there() -> None:
    scenario = Scenario()
    top, branch, leaf = scenario.chain(3)
    await trash(scenario, branch)
    scenario.store.events.clear()
    await trash(scenario, top)
    await restore(scenario, top)
    assert deleted_at(scenario, top, branch, leaf) == [None, LATER, LATER]
    assert scenario.events_of([branch, leaf]) == []


async def test_a_branch_that_was_in_the_trash_before_comes_back_by_itself() -> None:
    scenario = Scenario()
    top, branch, leaf = scenario.chain(3)
    await trash(scenario, branch)
    await trash(scenario, top)
    await restore(scenario, top)
    await restore(scenario, branch)
    assert deleted_at(scenario, top, branch, leaf) == [None] * 3


async def test_a_branch_does_not_come_back_before_what_is_above_it() -> None:
    scenario = Scenario()
    top, branch, leaf = scenario.chain(3)
    await trash(scenario, branch)
    await trash(scenario, top)
    for task in (branch, leaf):
        with pytest.raises(ParentDeleted):
            await restore(scenario, task)
    assert deleted_at(scenario, top, branch, leaf) == [LATER] * 3


async def test_a_subtask_that_went_along_does_not_come_back_alone() -> None:
    scenario = Scenario()
    top, child = scenario.chain(2)
    await trash(scenario, top)
    with pytest.raises(ParentDeleted):
        await restore(scenario, child)


async def test_a_subtask_that_went_alone_comes_back_under_its_parent() -> None:
    scenario = Scenario()
    top, child = scenario.chain(2)
    await trash(scenario, child)
    await restore(scenario, child)
    assert (scenario.stored(child).deleted_at, scenario.stored(child).content.parent_id) == (None, top.id)


async def test_restoring_what_is_not_in_the_trash_touches_nothing() -> None:
    scenario = Scenario()
    top, child = scenario.chain(2)
    await trash(scenario, child)
    scenario.store.events.clear()
    await restore(scenario, top)
    assert (deleted_at(scenario, child), scenario.store.events) == ([LATER], [])


async def test_a_task_goes_to_the_trash_once() -> None:
    scenario = Scenario()
    (task,) = scenario.chain(1)
    await trash(scenario, task)
    with pytest.raises(NotFound):
        await trash(scenario, task)


async def test_the_trees_of_an_archived_project_stay_where_they_are() -> None:
    scenario = Scenario(archived_at=NOW)
    tasks = scenario.chain(2)
    with pytest.raises(ProjectArchived):
        await trash(scenario, tasks[0])
    with pytest.raises(ProjectArchived):
        await restore(scenario, scenario.task(deleted_at=NOW))
    assert deleted_at(scenario, *tasks) == [None, None]


async def test_the_trash_of_a_project_and_that_of_its_tasks_agree() -> None:
    scenario = Scenario()
    before, alone = scenario.chain(2), scenario.chain(2)
    lone_leaf = alone[1]
    await trash(scenario, before[0])
    await trash(scenario, lone_leaf)
    project = TrashProject(scenario.workspace_id, scenario.project.id, None)
    await scenario.run(trash_project, project)
    for task in (*before, *alone):
        with pytest.raises(ProjectDeleted):
            await restore(scenario, task)
    await scenario.run(restore_project, project)
    assert deleted_at(scenario, *before, *alone) == [LATER, LATER, None, LATER]
    await restore(scenario, before[0])
    await restore(scenario, lone_leaf)
    assert deleted_at(scenario, *before, *alone) == [None] * 4


async def test_a_task_that_came_back_has_its_place_again() -> None:
    scenario = Scenario()
    first, task, last = scenario.task(), scenario.task(), scenario.task()
    await trash(scenario, task)
    await restore(scenario, task)
    assert scenario.order() == [first.id, task.id, last.id]
