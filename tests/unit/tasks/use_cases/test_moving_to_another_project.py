"""A task goes over to another project, and all below it goes along."""

from typing import Any
from uuid import uuid4

import pytest

from factories.tasks import LATER, NOW, workflow_of
from support.fakes import FakeUnitOfWork
from support.house import House
from taskhub.kernel.domain.errors import UnknownReference, ValidationFailed
from taskhub.tasks.application.change_task import ChangeTask, change_task
from taskhub.tasks.application.create_task import CreateTask, create_task
from taskhub.tasks.application.move_task import MoveTask, move_task
from taskhub.tasks.contract.errors import ProjectArchived
from taskhub.tasks.contract.references import TaskKey, TaskRef
from taskhub.tasks.domain.errors import Cycle, TooDeep
from taskhub.tasks.domain.hierarchy import MOST_LEVELS
from taskhub.tasks.domain.place import FIRST, LAST, Place, Side
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task


class Houses(House):
    """A workspace with a second project."""

    def __init__(self, web: dict[str, Any] | None = None, **project: Any) -> None:
        super().__init__(key="OPS", **project)
        self.web: Project = self.another_project(**{"key": "WEB", **(web or {})})

    def over(self, task: TaskRef | Task, place: Place = LAST, **values: Any) -> MoveTask:
        ref = task.id if isinstance(task, Task) else task
        return MoveTask(self.workspace_id, ref, place, self.web.id, values, None)

    async def found(self, ref: TaskRef) -> Task:
        async with FakeUnitOfWork(self.store) as uow:
            return (await uow.tasks.get_in_project(self.workspace_id, ref))[0]


async def test_a_task_gets_the_next_number_of_the_other_project() -> None:
    house = Houses()
    house.task(house.web)
    task = await house.run(move_task, house.over(house.task()))
    assert (task.project_id, task.key) == (house.web.id, "WEB-2")
    assert house.store.events == [("task.moved", task.id, 2)]


async def test_a_task_stands_where_it_was_put_in_the_other_project() -> None:
    house = Houses()
    one, other = house.task(house.web), house.task(house.web)
    tasks = [house.task() for _ in range(4)]
    for task, place in zip(tasks, [FIRST, LAST, Place(Side.BEFORE, other.id), Place(Side.AFTER, other.id)], strict=True):
        await house.run(move_task, house.over(task, place))
    first, last, before, after = (task.id for task in tasks)
    assert house.order(house.web) == [first, one.id, before, other.id, after, last]
    assert house.order() == []


async def test_the_former_key_goes_on_naming_the_task() -> None:
    house = Houses()
    task = house.task()
    await house.run(move_task, house.over(task))
    assert (await house.found(TaskKey("OPS", 1))).id == task.id
    await house.run(change_task, ChangeTask(house.workspace_id, TaskKey("OPS", 1), {"title": "Other"}, None))
    assert house.stored(task).content.title == "Other"


async def test_a_task_that_comes_home_has_another_key_and_answers_to_all() -> None:
    house = Houses()
    task = house.task()
    await house.run(move_task, house.over(task))
    await house.run(move_task, MoveTask(house.workspace_id, task.id, LAST, house.project.id, {}, None))
    assert house.stored(task).key == "OPS-2"
    for key in (TaskKey("OPS", 1), TaskKey("WEB", 1), TaskKey("OPS", 2)):
        assert (await house.found(key)).id == task.id


async def test_a_number_that_a_task_took_away_is_given_to_no_other() -> None:
    house = Houses()
    await house.run(move_task, house.over(house.task()))
    new = await house.run(create_task, CreateTask(house.workspace_id, uuid4(), house.project.id, {"title": "New"}, uuid4()))
    assert new.key == "OPS-2"


async def test_subtasks_go_along_in_their_order_right_behind_the_task() -> None:
    house = Houses()
    top, child, leaf = house.chain(3)
    sibling = house.task(content__parent_id=top.id)
    await house.run(move_task, MoveTask(house.workspace_id, sibling.id, Place(Side.BEFORE, child.id), None, {}, None))
    one, other = house.task(house.web), house.task(house.web)
    await house.run(move_task, house.over(top, Place(Side.AFTER, one.id)))
    assert house.order(house.web) == [one.id, top.id, sibling.id, child.id, leaf.id, other.id]
    assert [house.stored(task).key for task in (top, sibling, child, leaf)] == ["WEB-3", "WEB-4", "WEB-5", "WEB-6"]
    assert [house.stored(task).content.parent_id for task in (sibling, child, leaf)] == [top.id, top.id, child.id]


async def test_each_that_went_along_has_its_own_event_and_answers_to_its_former_key() -> None:
    house = Houses()
    tasks = house.chain(3)
    await house.run(move_task, house.over(tasks[0]))
    assert sorted(house.store.events) == sorted(("task.moved", task.id, 2) for task in tasks)
    assert [(await house.found(TaskKey("OPS", number))).id for number in (1, 2, 3)] == [task.id for task in tasks]


async def test_subtasks_in_the_trash_go_along_and_stay_there() -> None:
    house = Houses()
    top = house.task()
    trashed = house.task(content__parent_id=top.id, deleted_at=NOW)
    await house.run(move_task, house.over(top))
    assert (house.stored(trashed).project_id, house.stored(trashed).deleted_at) == (house.web.id, NOW)


async def test_the_parent_stays_behind() -> None:
    house = Houses()
    parent, task = house.chain(2)
    await house.run(move_task, house.over(task))
    assert house.stored(task).content.parent_id is None
    assert house.stored(parent).project_id == house.project.id


async def test_a_task_may_come_under_another_of_the_other_project() -> None:
    house = Houses()
    parent = house.task(house.web)
    task = house.task()
    await house.run(move_task, house.over(task, parent_id=parent.id))
    assert house.stored(task).content.parent_id == parent.id


async def test_a_task_does_not_come_under_one_that_stays_behind() -> None:
    house = Houses()
    with pytest.raises(UnknownReference) as refusal:
        await house.run(move_task, house.over(house.task(), parent_id=house.task().id))
    assert refusal.value.faults[0].pointer == "/parent_id"


async def test_not_even_its_own_parent_that_stays_behind_is_a_parent_there() -> None:
    house = Houses()
    parent, task = house.chain(2)
    with pytest.raises(UnknownReference) as refusal:
        await house.run(move_task, house.over(task, parent_id=parent.id))
    assert refusal.value.faults[0].pointer == "/parent_id"


async def test_a_tree_does_not_get_too_deep_on_the_way() -> None:
    house = Houses()
    tall, short = house.chain(MOST_LEVELS - 1, project=house.web), house.chain(2)
    with pytest.raises(TooDeep):
        await house.run(move_task, house.over(short[0], parent_id=tall[-1].id))


async def test_a_task_does_not_come_under_its_own_subtask_on_the_way() -> None:
    house = Houses()
    top, child = house.chain(2)
    with pytest.raises((Cycle, UnknownReference)):
        await house.run(move_task, house.over(top, parent_id=child.id))
    assert house.store.events == []


async def test_a_status_that_is_unknown_there_needs_another() -> None:
    house = Houses({"workflow": workflow_of("open:todo", "shipped:done")})
    task = house.task()
    with pytest.raises(ValidationFailed) as refusal:
        await house.run(move_task, house.over(task))
    assert refusal.value.faults[0].pointer == "/status"
    assert house.order() == [task.id]
    await house.run(move_task, house.over(task, status="shipped"))
    assert (house.stored(task).status_category, house.stored(task).closed_at) == ("done", LATER)


async def test_subtasks_whose_status_is_unknown_there_take_the_one_that_was_asked_for() -> None:
    house = Houses({"workflow": workflow_of("todo", "shipped:done")})
    top = house.task()
    fits = house.task(content__parent_id=top.id)
    does_not = house.task(content__parent_id=top.id, content__status="done", status_category="done", closed_at=NOW)
    with pytest.raises(ValidationFailed):
        await house.run(move_task, house.over(top))
    await house.run(move_task, house.over(top, status="shipped"))
    assert [house.stored(task).content.status for task in (top, fits, does_not)] == ["shipped", "todo", "shipped"]
    assert house.stored(does_not).closed_at == NOW


async def test_no_transition_has_to_lead_into_another_project() -> None:
    house = Houses({"workflow": workflow_of("todo", "done", transitions={})})
    task = house.task()
    await house.run(move_task, house.over(task, status="done"))
    assert house.stored(task).content.status == "done"


@pytest.mark.parametrize(("source", "target"), [({"archived_at": NOW}, {}), ({}, {"archived_at": NOW})])
async def test_nothing_leaves_or_enters_an_archived_project(source: dict[str, Any], target: dict[str, Any]) -> None:
    house = Houses(target, **source)
    task = house.task()
    with pytest.raises(ProjectArchived):
        await house.run(move_task, house.over(task))
    assert (house.order(), house.store.events) == ([task.id], [])


async def test_there_has_to_be_another_project() -> None:
    house = Houses({"deleted_at": NOW})
    for project_id in (house.web.id, uuid4()):
        with pytest.raises(UnknownReference) as refusal:
            await house.run(move_task, MoveTask(house.workspace_id, house.task().id, LAST, project_id, {}, None))
        assert refusal.value.faults[0].pointer == "/project_id"


async def test_a_task_stands_beside_one_of_the_other_project() -> None:
    house = Houses()
    task, stays = house.task(), house.task()
    with pytest.raises(UnknownReference):
        await house.run(move_task, house.over(task, Place(Side.AFTER, stays.id)))


async def test_what_was_refused_took_no_number() -> None:
    house = Houses()
    with pytest.raises(UnknownReference):
        await house.run(move_task, house.over(house.task(), Place(Side.AFTER, uuid4())))
    assert (await house.run(move_task, house.over(house.task()))).key == "WEB-1"


async def test_naming_the_project_that_a_task_is_in_keeps_its_key() -> None:
    house = Houses()
    parent, task = house.chain(2)
    await house.run(move_task, MoveTask(house.workspace_id, task.id, FIRST, house.project.id, {}, None))
    assert (house.stored(task).key, house.stored(task).content.parent_id) == ("OPS-2", parent.id)
    assert house.order() == [task.id, parent.id]


async def test_blockers_labels_and_people_stay_with_the_task() -> None:
    house = Houses()
    content = {"blocked_by_ids": (house.task().id,), "label_ids": (uuid4(),), "assignee_ids": (uuid4(),)}
    fields: dict[str, Any] = {f"content__{name}": value for name, value in content.items()}
    task = house.task(**fields)
    await house.run(move_task, house.over(task))
    assert {name: getattr(house.stored(task).content, name) for name in content} == content
