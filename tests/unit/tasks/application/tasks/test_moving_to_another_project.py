"""A task goes over to another project, and all below it goes along."""

from typing import Any
from uuid import uuid4

import pytest

from factories.tasks import LATER, NOW, workflow_of
from support.fakes.tasks.unit_of_work import FakeTasksUnitOfWork
from support.harness.scenario import Scenario
from taskhub.kernel.domain.errors import UnknownReference, ValidationFailed
from taskhub.tasks.application.ports import TaskKey, TaskRef
from taskhub.tasks.application.tasks.change_task import ChangeTask, change_task
from taskhub.tasks.application.tasks.create_task import CreateTask, create_task
from taskhub.tasks.application.tasks.move_task import MoveTask, move_task
from taskhub.tasks.domain.errors import Cycle, ProjectArchived, TooDeep
from taskhub.tasks.domain.hierarchy import MAX_LEVELS
from taskhub.tasks.domain.place import FIRST, LAST, Place, Side
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task


class TwoProjects(Scenario):
    """A workspace with a second project."""

    def __init__(self, web: dict[str, Any] | None = None, **project: Any) -> None:
        super().__init__(key="OPS", **project)
        self.web: Project = self.another_project(**{"key": "WEB", **(web or {})})

    def over(self, task: TaskRef | Task, place: Place = LAST, **values: Any) -> MoveTask:
        ref = task.id if isinstance(task, Task) else task
        return MoveTask(self.workspace_id, ref, place, self.web.id, values, None)

    async def found(self, ref: TaskRef) -> Task:
        async with FakeTasksUnitOfWork(self.store) as uow:
            return (await uow.tasks.get_in_project(self.workspace_id, ref))[0]


async def test_a_task_gets_the_next_number_of_the_other_project() -> None:
    scenario = TwoProjects()
    scenario.task(scenario.web)
    task = await scenario.run(move_task, scenario.over(scenario.task()))
    assert (task.project_id, task.key) == (scenario.web.id, "WEB-2")
    assert scenario.store.events == [("task.moved", task.id, 2)]


async def test_a_task_stands_where_it_was_put_in_the_other_project() -> None:
    scenario = TwoProjects()
    one, other = scenario.task(scenario.web), scenario.task(scenario.web)
    tasks = [scenario.task() for _ in range(4)]
    for task, place in zip(tasks, [FIRST, LAST, Place(Side.BEFORE, other.id), Place(Side.AFTER, other.id)], strict=True):
        await scenario.run(move_task, scenario.over(task, place))
    first, last, before, after = (task.id for task in tasks)
    assert scenario.order(scenario.web) == [first, one.id, before, other.id, after, last]
    assert scenario.order() == []


async def test_the_former_key_goes_on_naming_the_task() -> None:
    scenario = TwoProjects()
    task = scenario.task()
    await scenario.run(move_task, scenario.over(task))
    assert (await scenario.found(TaskKey("OPS", 1))).id == task.id
    await scenario.run(change_task, ChangeTask(scenario.workspace_id, TaskKey("OPS", 1), {"title": "Other"}, None))
    assert scenario.stored(task).content.title == "Other"


async def test_a_task_that_comes_home_has_another_key_and_answers_to_all() -> None:
    scenario = TwoProjects()
    task = scenario.task()
    await scenario.run(move_task, scenario.over(task))
    await scenario.run(move_task, MoveTask(scenario.workspace_id, task.id, LAST, scenario.project.id, {}, None))
    assert scenario.stored(task).key == "OPS-2"
    for key in (TaskKey("OPS", 1), TaskKey("WEB", 1), TaskKey("OPS", 2)):
        assert (await scenario.found(key)).id == task.id


async def test_a_number_that_a_task_took_away_is_given_to_no_other() -> None:
    scenario = TwoProjects()
    await scenario.run(move_task, scenario.over(scenario.task()))
    new = await scenario.run(
        create_task, CreateTask(scenario.workspace_id, uuid4(), scenario.project.id, {"title": "New"}, uuid4())
    )
    assert new.key == "OPS-2"


async def test_subtasks_go_along_in_their_order_right_behind_the_task() -> None:
    scenario = TwoProjects()
    top, child, leaf = scenario.chain(3)
    sibling = scenario.task(content__parent_id=top.id)
    await scenario.run(move_task, MoveTask(scenario.workspace_id, sibling.id, Place(Side.BEFORE, child.id), None, {}, None))
    one, other = scenario.task(scenario.web), scenario.task(scenario.web)
    await scenario.run(move_task, scenario.over(top, Place(Side.AFTER, one.id)))
    assert scenario.order(scenario.web) == [one.id, top.id, sibling.id, child.id, leaf.id, other.id]
    assert [scenario.stored(task).key for task in (top, sibling, child, leaf)] == ["WEB-3", "WEB-4", "WEB-5", "WEB-6"]
    assert [scenario.stored(task).content.parent_id for task in (sibling, child, leaf)] == [top.id, top.id, child.id]


async def test_each_that_went_along_has_its_own_event_and_answers_to_its_former_key() -> None:
    scenario = TwoProjects()
    tasks = scenario.chain(3)
    await scenario.run(move_task, scenario.over(tasks[0]))
    assert sorted(scenario.store.events) == sorted(("task.moved", task.id, 2) for task in tasks)
    assert [(await scenario.found(TaskKey("OPS", number))).id for number in (1, 2, 3)] == [task.id for task in tasks]


async def test_subtasks_in_the_trash_go_along_and_stay_there() -> None:
    scenario = TwoProjects()
    top = scenario.task()
    trashed = scenario.task(content__parent_id=top.id, deleted_at=NOW)
    await scenario.run(move_task, scenario.over(top))
    assert (scenario.stored(trashed).project_id, scenario.stored(trashed).deleted_at) == (scenario.web.id, NOW)


async def test_the_parent_stays_behind() -> None:
    scenario = TwoProjects()
    parent, task = scenario.chain(2)
    await scenario.run(move_task, scenario.over(task))
    assert scenario.stored(task).content.parent_id is None
    assert scenario.stored(parent).project_id == scenario.project.id


async def test_a_task_may_come_under_another_of_the_other_project() -> None:
    scenario = TwoProjects()
    parent = scenario.task(scenario.web)
    task = scenario.task()
    await scenario.run(move_task, scenario.over(task, parent_id=parent.id))
    assert scenario.stored(task).content.parent_id == parent.id


async def test_a_task_does_not_come_under_one_that_stays_behind() -> None:
    scenario = TwoProjects()
    with pytest.raises(UnknownReference) as refusal:
        await scenario.run(move_task, scenario.over(scenario.task(), parent_id=scenario.task().id))
    assert refusal.value.faults[0].pointer == "/parent_id"


async def test_not_even_its_own_parent_that_stays_behind_is_a_parent_there() -> None:
    scenario = TwoProjects()
    parent, task = scenario.chain(2)
    with pytest.raises(UnknownReference) as refusal:
        await scenario.run(move_task, scenario.over(task, parent_id=parent.id))
    assert refusal.value.faults[0].pointer == "/parent_id"


async def test_a_tree_does_not_get_too_deep_on_the_way() -> None:
    scenario = TwoProjects()
    tall, short = scenario.chain(MAX_LEVELS - 1, project=scenario.web), scenario.chain(2)
    with pytest.raises(TooDeep):
        await scenario.run(move_task, scenario.over(short[0], parent_id=tall[-1].id))


async def test_a_task_does_not_come_under_its_own_subtask_on_the_way() -> None:
    scenario = TwoProjects()
    top, child = scenario.chain(2)
    with pytest.raises((Cycle, UnknownReference)):
        await scenario.run(move_task, scenario.over(top, parent_id=child.id))
    assert scenario.store.events == []


async def test_a_status_that_is_unknown_there_needs_another() -> None:
    scenario = TwoProjects({"workflow": workflow_of("open:todo", "shipped:done")})
    task = scenario.task()
    with pytest.raises(ValidationFailed) as refusal:
        await scenario.run(move_task, scenario.over(task))
    assert refusal.value.faults[0].pointer == "/status"
    assert scenario.order() == [task.id]
    await scenario.run(move_task, scenario.over(task, status="shipped"))
    assert (scenario.stored(task).status_category, scenario.stored(task).closed_at) == ("done", LATER)


async def test_subtasks_whose_status_is_unknown_there_take_the_one_that_was_asked_for() -> None:
    scenario = TwoProjects({"workflow": workflow_of("todo", "shipped:done")})
    top = scenario.task()
    fits = scenario.task(content__parent_id=top.id)
    does_not = scenario.task(content__parent_id=top.id, content__status="done", status_category="done", closed_at=NOW)
    with pytest.raises(ValidationFailed):
        await scenario.run(move_task, scenario.over(top))
    await scenario.run(move_task, scenario.over(top, status="shipped"))
    assert [scenario.stored(task).content.status for task in (top, fits, does_not)] == ["shipped", "todo", "shipped"]
    assert scenario.stored(does_not).closed_at == NOW


async def test_no_transition_has_to_lead_into_another_project() -> None:
    scenario = TwoProjects({"workflow": workflow_of("todo", "done", transitions={})})
    task = scenario.task()
    await scenario.run(move_task, scenario.over(task, status="done"))
    assert scenario.stored(task).content.status == "done"


@pytest.mark.parametrize(("source", "target"), [({"archived_at": NOW}, {}), ({}, {"archived_at": NOW})])
async def test_nothing_leaves_or_enters_an_archived_project(source: dict[str, Any], target: dict[str, Any]) -> None:
    scenario = TwoProjects(target, **source)
    task = scenario.task()
    with pytest.raises(ProjectArchived):
        await scenario.run(move_task, scenario.over(task))
    assert (scenario.order(), scenario.store.events) == ([task.id], [])


async def test_there_has_to_be_another_project() -> None:
    scenario = TwoProjects({"deleted_at": NOW})
    for project_id in (scenario.web.id, uuid4()):
        with pytest.raises(UnknownReference) as refusal:
            await scenario.run(move_task, MoveTask(scenario.workspace_id, scenario.task().id, LAST, project_id, {}, None))
        assert refusal.value.faults[0].pointer == "/project_id"


async def test_a_task_stands_beside_one_of_the_other_project() -> None:
    scenario = TwoProjects()
    task, stays = scenario.task(), scenario.task()
    with pytest.raises(UnknownReference):
        await scenario.run(move_task, scenario.over(task, Place(Side.AFTER, stays.id)))


async def test_what_was_refused_took_no_number() -> None:
    scenario = TwoProjects()
    with pytest.raises(UnknownReference):
        await scenario.run(move_task, scenario.over(scenario.task(), Place(Side.AFTER, uuid4())))
    assert (await scenario.run(move_task, scenario.over(scenario.task()))).key == "WEB-1"


async def test_naming_the_project_that_a_task_is_in_keeps_its_key() -> None:
    scenario = TwoProjects()
    parent, task = scenario.chain(2)
    await scenario.run(move_task, MoveTask(scenario.workspace_id, task.id, FIRST, scenario.project.id, {}, None))
    assert (scenario.stored(task).key, scenario.stored(task).content.parent_id) == ("OPS-2", parent.id)
    assert scenario.order() == [task.id, parent.id]


async def test_blockers_labels_and_people_stay_with_the_task() -> None:
    scenario = TwoProjects()
    content = {"blocked_by_ids": (scenario.task().id,), "label_ids": (uuid4(),), "assignee_ids": (uuid4(),)}
    fields: dict[str, Any] = {f"content__{name}": value for name, value in content.items()}
    task = scenario.task(**fields)
    await scenario.run(move_task, scenario.over(task))
    assert {name: getattr(scenario.stored(task).content, name) for name in content} == content
