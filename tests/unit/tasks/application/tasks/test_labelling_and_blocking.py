"""One label or blocker is put on a task or taken off, and the others stay."""

from collections.abc import Iterable
from uuid import UUID, uuid4

import pytest

from factories.tasks import NOW
from support.fakes.tasks.structure import FakeStructure
from support.harness.scenario import Scenario
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.domain.errors import NotFound, StaleVersion
from taskhub.tasks.application.ports import TaskKey, TaskRef
from taskhub.tasks.application.tasks.block_task import BlockTask, block_task, unblock_task
from taskhub.tasks.application.tasks.label_task import LabelTask, label_task, unlabel_task
from taskhub.tasks.domain.blockers import MAX_BLOCKERS, Blockers
from taskhub.tasks.domain.errors import Cycle, ProjectArchived, TooManyBlockers, TooManyLabels
from taskhub.tasks.domain.label import Label
from taskhub.tasks.domain.task import MAX_LABELS, Task


def labelling(scenario: Scenario, task: Task, label: Label, expected: Expected = None) -> LabelTask:
    return LabelTask(scenario.workspace_id, task.id, label.id, expected)


def blocking(scenario: Scenario, task: Task, blocker: Task | TaskRef, expected: Expected = None) -> BlockTask:
    return BlockTask(scenario.workspace_id, task.id, blocker.id if isinstance(blocker, Task) else blocker, expected)


async def test_two_labels_keep_each_other() -> None:
    scenario = Scenario()
    task, labels = scenario.task(), [scenario.label() for _ in range(2)]
    for label in labels:
        await scenario.run(label_task, labelling(scenario, task, label))
    assert set(scenario.stored(task).content.label_ids) == {label.id for label in labels}


async def test_a_label_that_is_taken_off_leaves_the_others() -> None:
    scenario = Scenario()
    gone, kept = scenario.label(), scenario.label()
    task = scenario.task(content__label_ids=(gone.id, kept.id))
    await scenario.run(unlabel_task, labelling(scenario, task, gone))
    assert scenario.stored(task).content.label_ids == (kept.id,)


async def test_a_label_that_is_not_there_is_not_put_on_a_task() -> None:
    scenario = Scenario()
    with pytest.raises(NotFound):
        await scenario.run(label_task, LabelTask(scenario.workspace_id, scenario.task().id, uuid4(), None))
    assert scenario.store.events == []


async def test_a_label_that_is_not_on_the_task_is_taken_off_without_a_trace() -> None:
    scenario = Scenario()
    await scenario.run(unlabel_task, LabelTask(scenario.workspace_id, scenario.task().id, uuid4(), None))
    assert scenario.store.events == []


async def test_a_task_has_so_many_labels_and_no_more() -> None:
    scenario = Scenario()
    task = scenario.task(content__label_ids=tuple(uuid4() for _ in range(MAX_LABELS)))
    with pytest.raises(TooManyLabels):
        await scenario.run(label_task, labelling(scenario, task, scenario.label()))


async def test_a_task_of_an_archived_project_is_neither_labelled_nor_blocked() -> None:
    scenario = Scenario(archived_at=NOW)
    task = scenario.task()
    with pytest.raises(ProjectArchived):
        await scenario.run(label_task, labelling(scenario, task, scenario.label()))
    with pytest.raises(ProjectArchived):
        await scenario.run(block_task, blocking(scenario, task, scenario.task()))


async def test_an_unexpected_version_is_neither_labelled_nor_blocked() -> None:
    scenario = Scenario()
    task = scenario.task(version=3)
    with pytest.raises(StaleVersion):
        await scenario.run(label_task, labelling(scenario, task, scenario.label(), frozenset({2})))
    with pytest.raises(StaleVersion):
        await scenario.run(block_task, blocking(scenario, task, scenario.task(), frozenset({2})))


async def test_two_blockers_keep_each_other() -> None:
    scenario = Scenario()
    task, blockers = scenario.task(), [scenario.task() for _ in range(2)]
    for blocker in blockers:
        await scenario.run(block_task, blocking(scenario, task, blocker))
    assert set(scenario.stored(task).content.blocked_by_ids) == {blocker.id for blocker in blockers}
    assert scenario.events_of(blockers) == []


async def test_a_blocker_is_named_by_its_key_too() -> None:
    scenario = Scenario(key="OPS")
    task, blocker = scenario.task(), scenario.task()
    await scenario.run(block_task, blocking(scenario, task, TaskKey("OPS", 2)))
    assert scenario.stored(task).content.blocked_by_ids == (blocker.id,)
    await scenario.run(unblock_task, blocking(scenario, task, TaskKey("OPS", 2)))
    assert scenario.stored(task).content.blocked_by_ids == ()


async def test_a_blocker_that_is_there_already_changes_nothing() -> None:
    scenario = Scenario()
    blocker = scenario.task()
    await scenario.run(block_task, blocking(scenario, scenario.task(content__blocked_by_ids=(blocker.id,)), blocker))
    assert scenario.store.events == []


async def test_a_blocker_that_closes_a_cycle_is_refused_with_the_way_round() -> None:
    scenario = Scenario()
    first = scenario.task()
    second = scenario.task(scenario.another_project(), content__blocked_by_ids=(first.id,))
    third = scenario.task(content__blocked_by_ids=(second.id,))
    with pytest.raises(Cycle) as refusal:
        await scenario.run(block_task, blocking(scenario, first, third))
    assert refusal.value.extra["path"] == [first.id, third.id, second.id, first.id]
    assert scenario.store.events == []


async def test_no_task_blocks_itself() -> None:
    scenario = Scenario()
    task = scenario.task()
    with pytest.raises(Cycle):
        await scenario.run(block_task, blocking(scenario, task, task))


async def test_a_parent_may_wait_for_its_subtask_and_the_other_way_round() -> None:
    scenario = Scenario()
    parent, child = scenario.chain(2)
    await scenario.run(block_task, blocking(scenario, parent, child))
    other_parent, other_child = scenario.chain(2)
    await scenario.run(block_task, blocking(scenario, other_child, other_parent))


async def test_a_blocker_has_to_be_there_and_out_of_the_trash() -> None:
    scenario = Scenario()
    for blocker in (uuid4(), scenario.task(deleted_at=NOW).id):
        with pytest.raises(NotFound):
            await scenario.run(block_task, blocking(scenario, scenario.task(), blocker))


async def test_a_blocker_that_goes_to_the_trash_meanwhile_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = Scenario()
    task, blocker = scenario.task(), scenario.task()
    look = FakeStructure.blockers

    async def look_too_late(structure: FakeStructure, workspace_id: UUID, ids: Iterable[UUID]) -> Blockers:
        blockers = await look(structure, workspace_id, ids)
        blockers.live.discard(blocker.id)
        return blockers

    monkeypatch.setattr(FakeStructure, "blockers", look_too_late)
    with pytest.raises(NotFound):
        await scenario.run(block_task, blocking(scenario, task, blocker))
    assert scenario.store.events == []


async def test_a_blocker_is_taken_off_wherever_it_is() -> None:
    scenario = Scenario(key="OPS")
    trashed, purged = scenario.task(deleted_at=NOW), uuid4()
    task = scenario.task(content__blocked_by_ids=tuple(sorted((trashed.id, purged))))
    await scenario.run(unblock_task, blocking(scenario, task, TaskKey("OPS", 1)))
    await scenario.run(unblock_task, blocking(scenario, task, purged))
    assert scenario.stored(task).content.blocked_by_ids == ()


async def test_a_task_that_does_not_block_is_taken_off_without_a_trace() -> None:
    scenario = Scenario()
    await scenario.run(unblock_task, blocking(scenario, scenario.task(), scenario.task()))
    assert scenario.store.events == []


async def test_a_task_has_so_many_blockers_and_no_more() -> None:
    scenario = Scenario()
    task = scenario.task(content__blocked_by_ids=tuple(uuid4() for _ in range(MAX_BLOCKERS)))
    with pytest.raises(TooManyBlockers):
        await scenario.run(block_task, blocking(scenario, task, scenario.task()))
