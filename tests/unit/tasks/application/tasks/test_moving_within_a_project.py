"""A task takes another place in the order of its project."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.tasks import NOW, workflow_of
from support.harness.properties import deterministic
from support.harness.scenario import Scenario
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.domain.errors import NotFound, StaleVersion, UnknownReference, ValidationFailed
from taskhub.tasks.application.tasks.create_task import create_task
from taskhub.tasks.application.tasks.move_task import MoveTask, move_task
from taskhub.tasks.domain.errors import Cycle, IllegalTransition, ProjectArchived
from taskhub.tasks.domain.place import FIRST, LAST, Place, Side
from taskhub.tasks.domain.task import Task


def before(task: Task) -> Place:
    return Place(Side.BEFORE, task.id)


def after(task: Task) -> Place:
    return Place(Side.AFTER, task.id)


def moving(scenario: Scenario, task: Task, place: Place, expected: Expected = None, **values: Any) -> MoveTask:
    return MoveTask(scenario.workspace_id, task.id, place, None, values, expected)


def ids(*tasks: Task) -> list[UUID]:
    return [task.id for task in tasks]


async def test_a_task_goes_where_it_is_put() -> None:
    scenario = Scenario()
    a, b, c = (scenario.task() for _ in range(3))
    for place, order in [
        (FIRST, (c, a, b)),
        (LAST, (a, b, c)),
        (before(b), (a, c, b)),
        (after(b), (a, b, c)),
        (before(a), (c, a, b)),
        (after(a), (a, c, b)),
    ]:
        await scenario.run(move_task, moving(scenario, c, place))
        assert scenario.order() == ids(*order)


async def test_a_new_task_comes_behind_one_that_was_put_last() -> None:
    scenario = Scenario()
    a, b = scenario.task(), scenario.task()
    await scenario.run(move_task, moving(scenario, a, LAST))
    new = await scenario.run(create_task, scenario.create())
    assert scenario.order() == ids(b, a, new)


async def test_only_the_moved_task_gets_another_version() -> None:
    scenario = Scenario()
    a, b, c = (scenario.task() for _ in range(3))
    await scenario.run(move_task, moving(scenario, c, before(a)))
    assert scenario.store.events == [("task.moved", c.id, 2)]
    assert [scenario.stored(task).version for task in (a, b, c)] == [1, 1, 2]


@pytest.mark.parametrize("place", [FIRST, LAST])
async def test_the_only_task_stands_first_and_last(place: Place) -> None:
    scenario = Scenario()
    await scenario.run(move_task, moving(scenario, scenario.task(), place))
    assert scenario.store.events == []


async def test_a_task_that_is_put_where_it_stands_is_not_moved() -> None:
    scenario = Scenario()
    a, b, c = (scenario.task() for _ in range(3))
    for task, place in [(a, FIRST), (c, LAST), (b, after(a)), (b, before(c)), (a, before(b)), (c, after(b))]:
        await scenario.run(move_task, moving(scenario, task, place))
    assert scenario.store.events == []


async def test_a_task_in_the_trash_keeps_its_place_among_the_others() -> None:
    scenario = Scenario()
    a, trashed, c = scenario.task(), scenario.task(deleted_at=NOW), scenario.task()
    await scenario.run(move_task, moving(scenario, c, after(a)))
    assert scenario.order() == ids(a, c, trashed)


async def test_a_task_that_changes_its_status_on_the_way_was_moved_once() -> None:
    scenario = Scenario()
    a, b = scenario.task(), scenario.task()
    await scenario.run(move_task, moving(scenario, b, before(a), status="done"))
    assert scenario.store.events == [("task.moved", b.id, 2)]
    assert scenario.stored(b).content.status == "done"


async def test_a_move_follows_the_workflow() -> None:
    scenario = Scenario(workflow=workflow_of("todo", "in_progress", "done", transitions={"todo": ("in_progress",)}))
    task = scenario.task()
    with pytest.raises(IllegalTransition):
        await scenario.run(move_task, moving(scenario, task, FIRST, status="done"))
    assert scenario.stored(task).content.status == "todo"


async def test_a_task_may_come_under_another_on_the_way() -> None:
    scenario = Scenario()
    parent, task = scenario.task(), scenario.task()
    await scenario.run(move_task, moving(scenario, task, FIRST, parent_id=parent.id))
    assert (scenario.order(), scenario.stored(task).content.parent_id) == (ids(task, parent), parent.id)


async def test_a_task_that_is_moved_keeps_its_parent_unless_told_otherwise() -> None:
    scenario = Scenario()
    parent, task = scenario.chain(2)
    await scenario.run(move_task, moving(scenario, task, FIRST))
    assert scenario.stored(task).content.parent_id == parent.id
    await scenario.run(move_task, moving(scenario, task, FIRST, parent_id=None))
    assert scenario.stored(task).content.parent_id is None


async def test_a_move_makes_no_cycle() -> None:
    scenario = Scenario()
    parent, task = scenario.chain(2)
    with pytest.raises(Cycle):
        await scenario.run(move_task, moving(scenario, parent, LAST, parent_id=task.id))
    assert scenario.order() == ids(parent, task)


@pytest.mark.parametrize("side", Side)
async def test_a_task_does_not_stand_beside_itself(side: Side) -> None:
    scenario = Scenario()
    task = scenario.task()
    with pytest.raises(ValidationFailed) as refusal:
        await scenario.run(move_task, moving(scenario, task, Place(side, task.id)))
    assert refusal.value.faults[0].pointer == f"/{side.value}"


@pytest.mark.parametrize("side", Side)
async def test_the_task_beside_the_place_is_a_live_one_of_the_project(side: Side) -> None:
    scenario = Scenario()
    elsewhere, trashed = scenario.task(scenario.another_project()), scenario.task(deleted_at=NOW)
    for of in (uuid4(), elsewhere.id, trashed.id):
        with pytest.raises(UnknownReference) as refusal:
            await scenario.run(move_task, moving(scenario, scenario.task(), Place(side, of)))
        assert refusal.value.faults[0].pointer == f"/{side.value}"


async def test_the_tasks_of_an_archived_project_stay_in_their_order() -> None:
    scenario = Scenario(archived_at=NOW)
    a, b = scenario.task(), scenario.task()
    with pytest.raises(ProjectArchived):
        await scenario.run(move_task, moving(scenario, b, FIRST))
    assert scenario.order() == ids(a, b)


async def test_a_move_of_an_unexpected_version_moves_nothing() -> None:
    scenario = Scenario()
    a, b = scenario.task(), scenario.task(version=3)
    with pytest.raises(StaleVersion):
        await scenario.run(move_task, moving(scenario, b, FIRST, frozenset({2})))
    assert scenario.order() == ids(a, b)


async def test_a_task_in_the_trash_is_not_moved() -> None:
    scenario = Scenario()
    with pytest.raises(NotFound):
        await scenario.run(move_task, moving(scenario, scenario.task(deleted_at=NOW), FIRST))


async def test_a_change_later_leaves_a_task_where_it_was_moved() -> None:
    scenario = Scenario()
    a, b = scenario.task(), scenario.task()
    await scenario.run(move_task, moving(scenario, b, FIRST))
    await scenario.run(move_task, moving(scenario, a, LAST, status="done"))
    assert scenario.order() == ids(b, a)


move_of = st.tuples(st.integers(0, 5), st.sampled_from([*Side]), st.one_of(st.none(), st.integers(0, 5)))


@deterministic
@given(st.lists(move_of, max_size=30))
async def test_any_moves_leave_the_order_that_they_tell(moves: list[tuple[int, Side, int | None]]) -> None:
    scenario = Scenario()
    tasks = [scenario.task() for _ in range(6)]
    line = ids(*tasks)
    for which, side, beside in moves:
        task, of = tasks[which], None if beside is None else tasks[beside]
        if of is task:
            continue
        await scenario.run(move_task, moving(scenario, task, Place(side, of.id if of else None)))
        line.remove(task.id)
        at = (0 if side is Side.BEFORE else len(line)) if of is None else line.index(of.id) + (side is Side.AFTER)
        line.insert(at, task.id)
    assert scenario.order() == line
