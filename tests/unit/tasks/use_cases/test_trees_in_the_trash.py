"""Tasks go to the trash with all below them, and come back whole."""

from datetime import datetime

import pytest

from factories.tasks import LATER, NOW
from support.house import House
from taskhub.kernel.domain.errors import NotFound
from taskhub.tasks.application.trash_project import TrashProject, restore_project, trash_project
from taskhub.tasks.application.trash_task import TrashTask, restore_task, trash_task
from taskhub.tasks.contract.errors import ProjectArchived
from taskhub.tasks.domain.errors import ParentDeleted, ProjectDeleted
from taskhub.tasks.domain.task import Task


async def trash(house: House, task: Task) -> None:
    await house.run(trash_task, TrashTask(house.workspace_id, task.id, None))


async def restore(house: House, task: Task) -> None:
    await house.run(restore_task, TrashTask(house.workspace_id, task.id, None))


def deleted_at(house: House, *tasks: Task) -> list[datetime | None]:
    return [house.stored(task).deleted_at for task in tasks]


async def test_all_below_a_task_go_along_each_with_its_own_event() -> None:
    house = House()
    tasks = house.chain(3)
    await trash(house, tasks[0])
    assert deleted_at(house, *tasks) == [LATER] * 3
    assert sorted(house.store.events) == sorted(("task.trashed", task.id, 2) for task in tasks)


async def test_what_is_above_and_beside_a_task_stays() -> None:
    house = House()
    top, task = house.chain(2)
    sibling = house.task(content__parent_id=top.id)
    await trash(house, task)
    assert deleted_at(house, top, sibling) == [None, None]


async def test_a_tree_comes_back_whole() -> None:
    house = House()
    tasks = house.chain(4)
    await trash(house, tasks[0])
    await restore(house, tasks[0])
    assert deleted_at(house, *tasks) == [None] * 4
    assert [house.stored(task).content.parent_id for task in tasks] == [None, *(task.id for task in tasks[:-1])]
    assert [house.stored(task).version for task in tasks] == [3] * 4


async def test_what_was_in_the_trash_before_stays_there() -> None:
    house = House()
    top, branch, leaf = house.chain(3)
    await trash(house, branch)
    house.store.events.clear()
    await trash(house, top)
    await restore(house, top)
    assert deleted_at(house, top, branch, leaf) == [None, LATER, LATER]
    assert house.events_of([branch, leaf]) == []


async def test_a_branch_that_was_in_the_trash_before_comes_back_by_itself() -> None:
    house = House()
    top, branch, leaf = house.chain(3)
    await trash(house, branch)
    await trash(house, top)
    await restore(house, top)
    await restore(house, branch)
    assert deleted_at(house, top, branch, leaf) == [None] * 3


async def test_a_branch_does_not_come_back_before_what_is_above_it() -> None:
    house = House()
    top, branch, leaf = house.chain(3)
    await trash(house, branch)
    await trash(house, top)
    for task in (branch, leaf):
        with pytest.raises(ParentDeleted):
            await restore(house, task)
    assert deleted_at(house, top, branch, leaf) == [LATER] * 3


async def test_a_subtask_that_went_along_does_not_come_back_alone() -> None:
    house = House()
    top, child = house.chain(2)
    await trash(house, top)
    with pytest.raises(ParentDeleted):
        await restore(house, child)


async def test_a_subtask_that_went_alone_comes_back_under_its_parent() -> None:
    house = House()
    top, child = house.chain(2)
    await trash(house, child)
    await restore(house, child)
    assert (house.stored(child).deleted_at, house.stored(child).content.parent_id) == (None, top.id)


async def test_restoring_what_is_not_in_the_trash_touches_nothing() -> None:
    house = House()
    top, child = house.chain(2)
    await trash(house, child)
    house.store.events.clear()
    await restore(house, top)
    assert (deleted_at(house, child), house.store.events) == ([LATER], [])


async def test_a_task_goes_to_the_trash_once() -> None:
    house = House()
    (task,) = house.chain(1)
    await trash(house, task)
    with pytest.raises(NotFound):
        await trash(house, task)


async def test_the_trees_of_an_archived_project_stay_where_they_are() -> None:
    house = House(archived_at=NOW)
    tasks = house.chain(2)
    with pytest.raises(ProjectArchived):
        await trash(house, tasks[0])
    with pytest.raises(ProjectArchived):
        await restore(house, house.task(deleted_at=NOW))
    assert deleted_at(house, *tasks) == [None, None]


async def test_the_trash_of_a_project_and_that_of_its_tasks_agree() -> None:
    house = House()
    before, alone = house.chain(2), house.chain(2)
    lone_leaf = alone[1]
    await trash(house, before[0])
    await trash(house, lone_leaf)
    project = TrashProject(house.workspace_id, house.project.id, None)
    await house.run(trash_project, project)
    for task in (*before, *alone):
        with pytest.raises(ProjectDeleted):
            await restore(house, task)
    await house.run(restore_project, project)
    assert deleted_at(house, *before, *alone) == [LATER, LATER, None, LATER]
    await restore(house, before[0])
    await restore(house, lone_leaf)
    assert deleted_at(house, *before, *alone) == [None] * 4


async def test_a_task_that_came_back_has_its_place_again() -> None:
    house = House()
    first, task, last = house.task(), house.task(), house.task()
    await trash(house, task)
    await restore(house, task)
    assert house.order() == [first.id, task.id, last.id]
