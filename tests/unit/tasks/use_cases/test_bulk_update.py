"""Many tasks are changed, all or none."""

from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from factories.tasks import NOW, workflow_of
from support.house import House
from taskhub.kernel.domain.errors import DomainError, PreconditionRequired, StaleVersion, UnknownReference, ValidationFailed
from taskhub.tasks.application.bulk_update_tasks import BulkUpdateTasks, ChangedItem, bulk_update_tasks
from taskhub.tasks.contract.errors import ProjectArchived
from taskhub.tasks.domain.errors import Cycle, IllegalTransition, TooDeep
from taskhub.tasks.domain.hierarchy import MOST_LEVELS
from taskhub.tasks.domain.task import Task


def item(task: Task, version: int | None = None, **values: Any) -> ChangedItem:
    return ChangedItem(task.id, version, values)


async def changed(house: House, *items: ChangedItem, insists: bool = False) -> list[Task]:
    tasks: list[Task] = await house.run(bulk_update_tasks, BulkUpdateTasks(house.workspace_id, items, insists))
    return tasks


async def refused(house: House, kind: type[DomainError], *items: ChangedItem, insists: bool = False) -> list[str | None]:
    """Where the refusal points."""
    with pytest.raises(kind) as refusal:
        await changed(house, *items, insists=insists)
    assert house.store.events == []
    return [fault.pointer for fault in refusal.value.faults]


async def test_each_task_takes_its_own_patch_in_the_order_of_the_request() -> None:
    house = House()
    a, b, c = (house.task() for _ in range(3))
    tasks = await changed(house, item(c, title="C"), item(a, status="done"), item(b, title="B"))
    assert [task.id for task in tasks] == [c.id, a.id, b.id]
    assert [house.stored(task).version for task in (a, b, c)] == [2, 2, 2]
    assert (house.stored(a).status_category, house.stored(c).content.title) == ("done", "C")


async def test_a_patch_that_changes_nothing_leaves_no_trace() -> None:
    house = House()
    same, other = house.task(content__title="Same"), house.task()
    tasks = await changed(house, item(same, title="Same"), item(other), item(house.task(), title="New"))
    assert [task.version for task in tasks] == [1, 1, 2]
    assert house.events_of([same, other]) == []


async def test_one_that_is_refused_stops_all() -> None:
    house = House()
    task = house.task()
    pointers = await refused(house, ValidationFailed, item(task, title="New"), item(house.task(), status="gone"))
    assert pointers == ["/items/1/patch/status"]
    assert house.stored(task).content.title != "New"


async def test_a_task_that_is_not_there_is_pointed_at() -> None:
    house = House()
    for missing in (House().task(), house.task(deleted_at=NOW)):
        assert await refused(house, UnknownReference, item(house.task()), item(missing)) == ["/items/1/id"]


async def test_a_version_is_the_only_one_that_a_patch_is_meant_for() -> None:
    house = House()
    task = house.task(version=3)
    assert await refused(house, StaleVersion, item(house.task(), 1), item(task, 2, title="New")) == ["/items/1"]
    await changed(house, item(task, 3, title="New"))
    assert house.stored(task).content.title == "New"


async def test_a_stale_version_tells_the_current_one() -> None:
    house = House()
    with pytest.raises(StaleVersion) as refusal:
        await changed(house, item(house.task(version=3), 2))
    assert refusal.value.extra == {"current_version": 3}


async def test_where_versions_are_insisted_on_each_item_names_one() -> None:
    house = House()
    task, other = house.task(), house.task()
    assert await refused(house, PreconditionRequired, item(task, 1, title="New"), item(other), insists=True) == ["/items/1"]
    await changed(house, item(task, 1, title="New"), item(other, 1), insists=True)
    assert house.stored(task).content.title == "New"


async def test_that_a_version_is_not_named_is_told_before_anything_else() -> None:
    house = House()
    assert await refused(house, PreconditionRequired, item(House().task(), 1), item(house.task()), insists=True) == ["/items/1"]


@pytest.mark.parametrize("name", ["label_ids", "assignee_ids", "blocked_by_ids"])
async def test_what_is_not_there_is_pointed_at_in_its_patch(name: str) -> None:
    house = House()
    wanted: dict[str, Any] = {name: (uuid4(),)}
    pointers = await refused(house, UnknownReference, item(house.task()), item(house.task(), **wanted))
    assert pointers == [f"/items/1/patch/{name}/0"]


async def test_an_archived_project_is_pointed_at_with_the_patch() -> None:
    house = House()
    archived = house.task(house.another_project(archived_at=NOW))
    pointers = await refused(house, ProjectArchived, item(house.task(), title="New"), item(archived, title="New"))
    assert pointers == ["/items/1/patch"]


async def test_a_forbidden_transition_is_pointed_at_with_the_patch() -> None:
    house = House(workflow=workflow_of("todo", "in_progress", "done", transitions={"todo": ("in_progress",)}))
    assert await refused(house, IllegalTransition, item(house.task(), status="done")) == ["/items/0/patch"]


async def test_items_count_in_their_order() -> None:
    """Two tasks may change places, one above the other, if the upper one is freed first."""
    house = House()
    upper, lower = house.chain(2)
    pointers = await refused(house, Cycle, item(upper, parent_id=lower.id), item(lower, parent_id=None))
    assert pointers == ["/items/0/patch"]
    await changed(house, item(lower, parent_id=None), item(upper, parent_id=lower.id))
    assert (house.stored(upper).content.parent_id, house.stored(lower).content.parent_id) == (lower.id, None)


async def test_items_that_close_a_cycle_together_are_refused() -> None:
    house = House()
    a, b, c = (house.task() for _ in range(3))
    with pytest.raises(Cycle) as refusal:
        await changed(house, item(a, parent_id=b.id), item(b, parent_id=c.id), item(c, parent_id=a.id))
    assert refusal.value.extra["path"] == [c.id, a.id, b.id, c.id]
    assert refusal.value.faults[0].pointer == "/items/2/patch"


async def test_items_that_wait_for_each_other_are_refused() -> None:
    house = House()
    a, b, c = (house.task() for _ in range(3))
    with pytest.raises(Cycle) as refusal:
        await changed(house, item(a, blocked_by_ids=(b.id,)), item(b, blocked_by_ids=(c.id,)), item(c, blocked_by_ids=(a.id,)))
    assert refusal.value.extra["path"] == [c.id, a.id, b.id, c.id]


async def test_items_may_turn_who_waits_for_whom_round() -> None:
    house = House()
    a = house.task()
    b = house.task(content__blocked_by_ids=(a.id,))
    assert await refused(house, Cycle, item(a, blocked_by_ids=(b.id,)), item(b, blocked_by_ids=())) == ["/items/0/patch"]
    await changed(house, item(b, blocked_by_ids=()), item(a, blocked_by_ids=(b.id,)))
    assert (house.stored(a).content.blocked_by_ids, house.stored(b).content.blocked_by_ids) == ((b.id,), ())


async def test_items_do_not_build_too_deep_a_tree_together() -> None:
    house = House()
    tasks = [house.task() for _ in range(MOST_LEVELS + 1)]
    items = [item(lower, parent_id=upper.id) for upper, lower in pairwise(tasks)]
    assert await refused(house, TooDeep, *items) == [f"/items/{MOST_LEVELS - 1}/patch"]
    assert await refused(house, TooDeep, *items[::-1]) == [f"/items/{MOST_LEVELS - 1}/patch"]
