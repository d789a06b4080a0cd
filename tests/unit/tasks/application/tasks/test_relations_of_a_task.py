"""A task is created and changed with all that it refers to: members, labels, a parent, blockers."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from factories.tasks import NOW, workflow_of
from support.harness.scenario import Scenario
from taskhub.kernel.domain.errors import DomainError, UnknownReference, ValidationFailed
from taskhub.tasks.application.tasks.change_task import change_task
from taskhub.tasks.application.tasks.create_task import create_task
from taskhub.tasks.domain.errors import Cycle, IllegalTransition, TooDeep
from taskhub.tasks.domain.hierarchy import MAX_LEVELS


async def refused(scenario: Scenario, use_case: Any, command: Any, kind: type[DomainError]) -> DomainError:
    with pytest.raises(kind) as refusal:
        await scenario.run(use_case, command)
    assert scenario.store.events == []
    return refusal.value


def pointers(error: DomainError) -> list[str | None]:
    return [fault.pointer for fault in error.faults]


async def test_a_new_task_begins_at_the_first_status_of_its_project() -> None:
    scenario = Scenario()
    assert (await scenario.run(create_task, scenario.create())).content.status == scenario.project.workflow.first


async def test_a_new_task_has_all_that_it_was_given() -> None:
    scenario = Scenario()
    values = {
        "parent_id": scenario.task().id,
        "blocked_by_ids": (scenario.task().id,),
        "label_ids": (scenario.label().id,),
        "assignee_ids": (scenario.member(),),
        "status": "done",
    }
    content = (await scenario.run(create_task, scenario.create(**values))).content
    assert {name: getattr(content, name) for name in values} == values


@pytest.mark.parametrize("name", ["label_ids", "assignee_ids", "blocked_by_ids"])
async def test_what_is_not_there_is_refused_and_pointed_at(name: str) -> None:
    scenario = Scenario()
    there = {"label_ids": scenario.label().id, "assignee_ids": scenario.member(), "blocked_by_ids": scenario.task().id}[name]
    wanted: dict[str, Any] = {name: (there, uuid4())}
    assert pointers(await refused(scenario, create_task, scenario.create(**wanted), UnknownReference)) == [f"/{name}/1"]
    assert pointers(await refused(scenario, change_task, scenario.change(scenario.task(), **wanted), UnknownReference)) == [
        f"/{name}/1"
    ]


@pytest.mark.parametrize("name", ["label_ids", "assignee_ids", "blocked_by_ids"])
async def test_a_refusal_points_into_the_list_as_it_was_given(name: str) -> None:
    scenario = Scenario()
    there = {"label_ids": scenario.label().id, "assignee_ids": scenario.member(), "blocked_by_ids": scenario.task().id}[name]
    wanted: dict[str, Any] = {name: (there, there, UUID(int=0), there)}
    assert pointers(await refused(scenario, create_task, scenario.create(**wanted), UnknownReference)) == [f"/{name}/2"]
    assert pointers(await refused(scenario, change_task, scenario.change(scenario.task(), **wanted), UnknownReference)) == [
        f"/{name}/2"
    ]


@pytest.mark.parametrize("name", ["label_ids", "assignee_ids", "blocked_by_ids"])
async def test_lists_of_ids_have_neither_order_nor_repeats(name: str) -> None:
    scenario = Scenario()
    make: Any = {
        "label_ids": lambda: scenario.label().id,
        "assignee_ids": scenario.member,
        "blocked_by_ids": lambda: scenario.task().id,
    }[name]
    small, large = sorted((make(), make()))
    task = await scenario.run(create_task, scenario.create(**{name: (large, small, large)}))
    assert getattr(task.content, name) == (small, large)


@pytest.mark.parametrize("name", ["label_ids", "assignee_ids", "blocked_by_ids"])
async def test_what_a_task_refers_to_already_need_not_be_there_any_more(name: str) -> None:
    scenario, former = Scenario(), (uuid4(),)
    fields: dict[str, Any] = {f"content__{name}": former}
    changes: dict[str, Any] = {name: former, "title": "Other"}
    task = scenario.task(**fields)
    await scenario.run(change_task, scenario.change(task, **changes))
    assert scenario.stored(task).content.title == "Other"


async def test_a_label_of_another_workspace_is_not_there() -> None:
    scenario, elsewhere = Scenario(), Scenario()
    scenario.put(elsewhere.label())
    theirs = next(key[2] for key in scenario.store.aggregates if key[1] == elsewhere.workspace_id)
    await refused(scenario, create_task, scenario.create(label_ids=(theirs,)), UnknownReference)


async def test_a_parent_is_of_the_same_project() -> None:
    scenario = Scenario()
    elsewhere = scenario.task(scenario.another_project())
    assert pointers(await refused(scenario, create_task, scenario.create(parent_id=elsewhere.id), UnknownReference)) == [
        "/parent_id"
    ]


async def test_a_blocker_may_be_of_any_project() -> None:
    scenario = Scenario()
    elsewhere = scenario.task(scenario.another_project())
    assert (await scenario.run(create_task, scenario.create(blocked_by_ids=(elsewhere.id,)))).content.blocked_by_ids == (
        elsewhere.id,
    )


@pytest.mark.parametrize("name", ["parent_id", "blocked_by_ids"])
async def test_nothing_new_hangs_on_a_task_in_the_trash(name: str) -> None:
    scenario = Scenario()
    trashed = scenario.task(deleted_at=NOW)
    wanted: dict[str, Any] = {name: trashed.id if name == "parent_id" else (trashed.id,)}
    await refused(scenario, create_task, scenario.create(**wanted), UnknownReference)
    await refused(scenario, change_task, scenario.change(scenario.task(), **wanted), UnknownReference)


@pytest.mark.parametrize("name", ["parent_id", "blocked_by_ids"])
async def test_a_new_task_does_not_hang_on_itself(name: str) -> None:
    scenario = Scenario()
    command = scenario.create()
    command.values[name] = command.id if name == "parent_id" else (command.id,)
    await refused(scenario, create_task, command, UnknownReference)


async def test_a_task_does_not_come_under_one_of_its_own_subtasks() -> None:
    scenario = Scenario()
    top, middle, leaf = scenario.chain(3)
    error = await refused(scenario, change_task, scenario.change(top, parent_id=leaf.id), Cycle)
    assert error.extra["path"] == [top.id, leaf.id, middle.id, top.id]


async def test_a_task_does_not_wait_for_one_that_waits_for_it() -> None:
    scenario = Scenario()
    first = scenario.task()
    second = scenario.task(content__blocked_by_ids=(first.id,))
    third = scenario.task(content__blocked_by_ids=(second.id,))
    error = await refused(scenario, change_task, scenario.change(first, blocked_by_ids=(third.id,)), Cycle)
    assert error.extra["path"] == [first.id, third.id, second.id, first.id]


async def test_a_tree_has_five_levels() -> None:
    scenario = Scenario()
    *_, leaf = scenario.chain(MAX_LEVELS)
    await refused(scenario, create_task, scenario.create(parent_id=leaf.id), TooDeep)


async def test_a_task_brings_its_subtasks_under_a_new_parent() -> None:
    scenario = Scenario()
    tall, short = scenario.chain(MAX_LEVELS - 1), scenario.chain(2)
    await refused(scenario, change_task, scenario.change(short[0], parent_id=tall[-1].id), TooDeep)
    await scenario.run(change_task, scenario.change(short[0], parent_id=tall[-2].id))
    assert scenario.stored(short[0]).content.parent_id == tall[-2].id


async def test_a_task_that_stands_under_another_may_come_to_the_top() -> None:
    scenario = Scenario()
    _, child = scenario.chain(2)
    await scenario.run(change_task, scenario.change(child, parent_id=None))
    assert scenario.stored(child).content.parent_id is None


async def test_a_task_may_go_on_under_a_parent_that_would_not_take_it_any_more() -> None:
    scenario = Scenario()
    parent = scenario.task(deleted_at=NOW)
    child = scenario.task(content__parent_id=parent.id)
    await scenario.run(change_task, scenario.change(child, parent_id=parent.id, title="Other"))
    assert scenario.stored(child).content.title == "Other"


async def test_a_patch_follows_the_workflow() -> None:
    scenario = Scenario(workflow=workflow_of("todo", "in_progress", "done", transitions={"todo": ("in_progress",)}))
    error = await refused(scenario, change_task, scenario.change(scenario.task(), status="done"), IllegalTransition)
    assert error.extra == {"allowed": ["in_progress"]}


async def test_a_status_that_the_project_lacks_is_pointed_at() -> None:
    scenario = Scenario()
    assert pointers(await refused(scenario, create_task, scenario.create(status="gone"), ValidationFailed)) == ["/status"]
    assert pointers(await refused(scenario, change_task, scenario.change(scenario.task(), status="gone"), ValidationFailed)) == [
        "/status"
    ]
