"""Many tasks are changed, all or none."""

from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from factories.tasks import NOW, workflow_of
from support.harness.scenario import Scenario
from taskhub.kernel.domain.errors import DomainError, PreconditionRequired, StaleVersion, UnknownReference, ValidationFailed
from taskhub.tasks.application.bulk.bulk_update_tasks import BulkUpdateTasks, ChangedItem, bulk_update_tasks
from taskhub.tasks.domain.errors import Cycle, IllegalTransition, ProjectArchived, TooDeep
from taskhub.tasks.domain.hierarchy import MAX_LEVELS
from taskhub.tasks.domain.task import Task


def item(task: Task, version: int | None = None, **values: Any) -> ChangedItem:
    return ChangedItem(task.id, version, values)


async def changed(scenario: Scenario, *items: ChangedItem, require_versions: bool = False) -> list[Task]:
    tasks: list[Task] = await scenario.run(bulk_update_tasks, BulkUpdateTasks(scenario.workspace_id, items, require_versions))
    return tasks


async def refused(
    scenario: Scenario, kind: type[DomainError], *items: ChangedItem, require_versions: bool = False
) -> list[str | None]:
    """Where the refusal points."""
    with pytest.raises(kind) as refusal:
        await changed(scenario, *items, require_versions=require_versions)
    assert scenario.store.events == []
    return [fault.pointer for fault in refusal.value.faults]


async def test_each_task_takes_its_own_patch_in_the_order_of_the_request() -> None:
    scenario = Scenario()
    a, b, c = (scenario.task() for _ in range(3))
    tasks = await changed(scenario, item(c, title="C"), item(a, status="done"), item(b, title="B"))
    assert [task.id for task in tasks] == [c.id, a.id, b.id]
    assert [scenario.stored(task).version for task in (a, b, c)] == [2, 2, 2]
    assert (scenario.stored(a).status_category, scenario.stored(c).content.title) == ("done", "C")


async def test_a_patch_that_changes_nothing_leaves_no_trace() -> None:
    scenario = Scenario()
    same, other = scenario.task(content__title="Same"), scenario.task()
    tasks = await changed(scenario, item(same, title="Same"), item(other), item(scenario.task(), title="New"))
    assert [task.version for task in tasks] == [1, 1, 2]
    assert scenario.events_of([same, other]) == []


async def test_one_that_is_refused_stops_all() -> None:
    scenario = Scenario()
    task = scenario.task()
    pointers = await refused(scenario, ValidationFailed, item(task, title="New"), item(scenario.task(), status="gone"))
    assert pointers == ["/items/1/patch/status"]
    assert scenario.stored(task).content.title != "New"


async def test_a_task_that_is_not_there_is_pointed_at() -> None:
    scenario = Scenario()
    for missing in (Scenario().task(), scenario.task(deleted_at=NOW)):
        assert await refused(scenario, UnknownReference, item(scenario.task()), item(missing)) == ["/items/1/id"]


async def test_a_version_is_the_only_one_that_a_patch_is_meant_for() -> None:
    scenario = Scenario()
    task = scenario.task(version=3)
    assert await refused(scenario, StaleVersion, item(scenario.task(), 1), item(task, 2, title="New")) == ["/items/1"]
    await changed(scenario, item(task, 3, title="New"))
    assert scenario.stored(task).content.title == "New"


async def test_a_stale_version_tells_the_current_one() -> None:
    scenario = Scenario()
    with pytest.raises(StaleVersion) as refusal:
        await changed(scenario, item(scenario.task(version=3), 2))
    assert refusal.value.extra == {"current_version": 3}


async def test_where_versions_are_insisted_on_each_item_names_one() -> None:
    scenario = Scenario()
    task, other = scenario.task(), scenario.task()
    assert await refused(scenario, PreconditionRequired, item(task, 1, title="New"), item(other), require_versions=True) == [
        "/items/1"
    ]
    await changed(scenario, item(task, 1, title="New"), item(other, 1), require_versions=True)
    assert scenario.stored(task).content.title == "New"


async def test_that_a_version_is_not_named_is_told_before_anything_else() -> None:
    scenario = Scenario()
    assert await refused(
        scenario, PreconditionRequired, item(Scenario().task(), 1), item(scenario.task()), require_versions=True
    ) == ["/items/1"]


@pytest.mark.parametrize("name", ["label_ids", "assignee_ids", "blocked_by_ids"])
async def test_what_is_not_there_is_pointed_at_in_its_patch(name: str) -> None:
    scenario = Scenario()
    wanted: dict[str, Any] = {name: (uuid4(),)}
    pointers = await refused(scenario, UnknownReference, item(scenario.task()), item(scenario.task(), **wanted))
    assert pointers == [f"/items/1/patch/{name}/0"]


async def test_an_archived_project_is_pointed_at_with_the_patch() -> None:
    scenario = Scenario()
    archived = scenario.task(scenario.another_project(archived_at=NOW))
    pointers = await refused(scenario, ProjectArchived, item(scenario.task(), title="New"), item(archived, title="New"))
    assert pointers == ["/items/1/patch"]


async def test_a_forbidden_transition_is_pointed_at_with_the_patch() -> None:
    scenario = Scenario(workflow=workflow_of("todo", "in_progress", "done", transitions={"todo": ("in_progress",)}))
    assert await refused(scenario, IllegalTransition, item(scenario.task(), status="done")) == ["/items/0/patch"]


async def test_items_count_in_their_order() -> None:
    """Two tasks may change places, one above the other, if the upper one is freed first."""
    scenario = Scenario()
    upper, lower = scenario.chain(2)
    pointers = await refused(scenario, Cycle, item(upper, parent_id=lower.id), item(lower, parent_id=None))
    assert pointers == ["/items/0/patch"]
    await changed(scenario, item(lower, parent_id=None), item(upper, parent_id=lower.id))
    assert (scenario.stored(upper).content.parent_id, scenario.stored(lower).content.parent_id) == (lower.id, None)


async def test_items_that_close_a_cycle_together_are_refused() -> None:
    scenario = Scenario()
    a, b, c = (scenario.task() for _ in range(3))
    with pytest.raises(Cycle) as refusal:
        await changed(scenario, item(a, parent_id=b.id), item(b, parent_id=c.id), item(c, parent_id=a.id))
    assert refusal.value.extra["path"] == [c.id, a.id, b.id, c.id]
    assert refusal.value.faults[0].pointer == "/items/2/patch"


async def test_items_that_wait_for_each_other_are_refused() -> None:
    scenario = Scenario()
    a, b, c = (scenario.task() for _ in range(3))
    with pytest.raises(Cycle) as refusal:
        await changed(scenario, item(a, blocked_by_ids=(b.id,)), item(b, blocked_by_ids=(c.id,)), item(c, blocked_by_ids=(a.id,)))
    assert refusal.value.extra["path"] == [c.id, a.id, b.id, c.id]


async def test_items_may_turn_who_waits_for_whom_round() -> None:
    scenario = Scenario()
    a = scenario.task()
    b = scenario.task(content__blocked_by_ids=(a.id,))
    assert await refused(scenario, Cycle, item(a, blocked_by_ids=(b.id,)), item(b, blocked_by_ids=())) == ["/items/0/patch"]
    await changed(scenario, item(b, blocked_by_ids=()), item(a, blocked_by_ids=(b.id,)))
    assert (scenario.stored(a).content.blocked_by_ids, scenario.stored(b).content.blocked_by_ids) == ((b.id,), ())


async def test_items_do_not_build_too_deep_a_tree_together() -> None:
    scenario = Scenario()
    tasks = [scenario.task() for _ in range(MAX_LEVELS + 1)]
    items = [item(lower, parent_id=upper.id) for upper, lower in pairwise(tasks)]
    assert await refused(scenario, TooDeep, *items) == [f"/items/{MAX_LEVELS - 1}/patch"]
    assert await refused(scenario, TooDeep, *items[::-1]) == [f"/items/{MAX_LEVELS - 1}/patch"]
