"""A task is created and changed with all that it refers to: members, labels, a parent, blockers."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from factories.tasks import NOW, workflow_of
from support.house import House
from taskhub.kernel.domain.errors import DomainError, UnknownReference, ValidationFailed
from taskhub.tasks.application.change_task import change_task
from taskhub.tasks.application.create_task import create_task
from taskhub.tasks.domain.errors import Cycle, IllegalTransition, TooDeep
from taskhub.tasks.domain.hierarchy import MOST_LEVELS


async def refused(house: House, use_case: Any, command: Any, kind: type[DomainError]) -> DomainError:
    with pytest.raises(kind) as refusal:
        await house.run(use_case, command)
    assert house.store.events == []
    return refusal.value


def pointers(error: DomainError) -> list[str | None]:
    return [fault.pointer for fault in error.faults]


async def test_a_new_task_begins_at_the_first_status_of_its_project() -> None:
    house = House()
    assert (await house.run(create_task, house.create())).content.status == house.project.workflow.first


async def test_a_new_task_has_all_that_it_was_given() -> None:
    house = House()
    values = {
        "parent_id": house.task().id,
        "blocked_by_ids": (house.task().id,),
        "label_ids": (house.label().id,),
        "assignee_ids": (house.member(),),
        "status": "done",
    }
    content = (await house.run(create_task, house.create(**values))).content
    assert {name: getattr(content, name) for name in values} == values


@pytest.mark.parametrize("name", ["label_ids", "assignee_ids", "blocked_by_ids"])
async def test_what_is_not_there_is_refused_and_pointed_at(name: str) -> None:
    house = House()
    there = {"label_ids": house.label().id, "assignee_ids": house.member(), "blocked_by_ids": house.task().id}[name]
    wanted: dict[str, Any] = {name: (there, uuid4())}
    assert pointers(await refused(house, create_task, house.create(**wanted), UnknownReference)) == [f"/{name}/1"]
    assert pointers(await refused(house, change_task, house.change(house.task(), **wanted), UnknownReference)) == [f"/{name}/1"]


@pytest.mark.parametrize("name", ["label_ids", "assignee_ids", "blocked_by_ids"])
async def test_a_refusal_points_into_the_list_as_it_was_given(name: str) -> None:
    house = House()
    there = {"label_ids": house.label().id, "assignee_ids": house.member(), "blocked_by_ids": house.task().id}[name]
    wanted: dict[str, Any] = {name: (there, there, UUID(int=0), there)}
    assert pointers(await refused(house, create_task, house.create(**wanted), UnknownReference)) == [f"/{name}/2"]
    assert pointers(await refused(house, change_task, house.change(house.task(), **wanted), UnknownReference)) == [f"/{name}/2"]


@pytest.mark.parametrize("name", ["label_ids", "assignee_ids", "blocked_by_ids"])
async def test_lists_of_ids_have_neither_order_nor_repeats(name: str) -> None:
    house = House()
    make: Any = {"label_ids": lambda: house.label().id, "assignee_ids": house.member, "blocked_by_ids": lambda: house.task().id}[
        name
    ]
    small, large = sorted((make(), make()))
    task = await house.run(create_task, house.create(**{name: (large, small, large)}))
    assert getattr(task.content, name) == (small, large)


@pytest.mark.parametrize("name", ["label_ids", "assignee_ids", "blocked_by_ids"])
async def test_what_a_task_refers_to_already_need_not_be_there_any_more(name: str) -> None:
    house, former = House(), (uuid4(),)
    fields: dict[str, Any] = {f"content__{name}": former}
    changes: dict[str, Any] = {name: former, "title": "Other"}
    task = house.task(**fields)
    await house.run(change_task, house.change(task, **changes))
    assert house.stored(task).content.title == "Other"


async def test_a_label_of_another_workspace_is_not_there() -> None:
    house, elsewhere = House(), House()
    house.put(elsewhere.label())
    theirs = next(key[2] for key in house.store.aggregates if key[1] == elsewhere.workspace_id)
    await refused(house, create_task, house.create(label_ids=(theirs,)), UnknownReference)


async def test_a_parent_is_of_the_same_project() -> None:
    house = House()
    elsewhere = house.task(house.another_project())
    assert pointers(await refused(house, create_task, house.create(parent_id=elsewhere.id), UnknownReference)) == ["/parent_id"]


async def test_a_blocker_may_be_of_any_project() -> None:
    house = House()
    elsewhere = house.task(house.another_project())
    assert (await house.run(create_task, house.create(blocked_by_ids=(elsewhere.id,)))).content.blocked_by_ids == (elsewhere.id,)


@pytest.mark.parametrize("name", ["parent_id", "blocked_by_ids"])
async def test_nothing_new_hangs_on_a_task_in_the_trash(name: str) -> None:
    house = House()
    trashed = house.task(deleted_at=NOW)
    wanted: dict[str, Any] = {name: trashed.id if name == "parent_id" else (trashed.id,)}
    await refused(house, create_task, house.create(**wanted), UnknownReference)
    await refused(house, change_task, house.change(house.task(), **wanted), UnknownReference)


@pytest.mark.parametrize("name", ["parent_id", "blocked_by_ids"])
async def test_a_new_task_does_not_hang_on_itself(name: str) -> None:
    house = House()
    command = house.create()
    command.values[name] = command.id if name == "parent_id" else (command.id,)
    await refused(house, create_task, command, UnknownReference)


async def test_a_task_does_not_come_under_one_of_its_own_subtasks() -> None:
    house = House()
    top, middle, leaf = house.chain(3)
    error = await refused(house, change_task, house.change(top, parent_id=leaf.id), Cycle)
    assert error.extra["path"] == [top.id, leaf.id, middle.id, top.id]


async def test_a_task_does_not_wait_for_one_that_waits_for_it() -> None:
    house = House()
    first = house.task()
    second = house.task(content__blocked_by_ids=(first.id,))
    third = house.task(content__blocked_by_ids=(second.id,))
    error = await refused(house, change_task, house.change(first, blocked_by_ids=(third.id,)), Cycle)
    assert error.extra["path"] == [first.id, third.id, second.id, first.id]


async def test_a_tree_has_five_levels() -> None:
    house = House()
    *_, leaf = house.chain(MOST_LEVELS)
    await refused(house, create_task, house.create(parent_id=leaf.id), TooDeep)


async def test_a_task_brings_its_subtasks_under_a_new_parent() -> None:
    house = House()
    tall, short = house.chain(MOST_LEVELS - 1), house.chain(2)
    await refused(house, change_task, house.change(short[0], parent_id=tall[-1].id), TooDeep)
    await house.run(change_task, house.change(short[0], parent_id=tall[-2].id))
    assert house.stored(short[0]).content.parent_id == tall[-2].id


async def test_a_task_that_stands_under_another_may_come_to_the_top() -> None:
    house = House()
    _, child = house.chain(2)
    await house.run(change_task, house.change(child, parent_id=None))
    assert house.stored(child).content.parent_id is None


async def test_a_task_may_go_on_under_a_parent_that_would_not_take_it_any_more() -> None:
    house = House()
    parent = house.task(deleted_at=NOW)
    child = house.task(content__parent_id=parent.id)
    await house.run(change_task, house.change(child, parent_id=parent.id, title="Other"))
    assert house.stored(child).content.title == "Other"


async def test_a_patch_follows_the_workflow() -> None:
    house = House(workflow=workflow_of("todo", "in_progress", "done", transitions={"todo": ("in_progress",)}))
    error = await refused(house, change_task, house.change(house.task(), status="done"), IllegalTransition)
    assert error.extra == {"allowed": ["in_progress"]}


async def test_a_status_that_the_project_lacks_is_pointed_at() -> None:
    house = House()
    assert pointers(await refused(house, create_task, house.create(status="gone"), ValidationFailed)) == ["/status"]
    assert pointers(await refused(house, change_task, house.change(house.task(), status="gone"), ValidationFailed)) == ["/status"]
