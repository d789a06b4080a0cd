"""One label or blocker is put on a task or taken off, and the others stay."""

from collections.abc import Iterable
from uuid import UUID, uuid4

import pytest

from factories.tasks import NOW
from support.fake_structure import FakeStructure
from support.house import House
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.domain.errors import NotFound, StaleVersion
from taskhub.tasks.application.block_task import BlockTask, block_task, unblock_task
from taskhub.tasks.application.label_task import LabelTask, label_task, unlabel_task
from taskhub.tasks.contract.errors import ProjectArchived
from taskhub.tasks.contract.references import TaskKey, TaskRef
from taskhub.tasks.domain.blockers import MOST_BLOCKERS, Blockers
from taskhub.tasks.domain.errors import Cycle, TooManyBlockers, TooManyLabels
from taskhub.tasks.domain.label import Label
from taskhub.tasks.domain.task import MOST_LABELS, Task


def labelling(house: House, task: Task, label: Label, expected: Expected = None) -> LabelTask:
    return LabelTask(house.workspace_id, task.id, label.id, expected)


def blocking(house: House, task: Task, blocker: Task | TaskRef, expected: Expected = None) -> BlockTask:
    return BlockTask(house.workspace_id, task.id, blocker.id if isinstance(blocker, Task) else blocker, expected)


async def test_two_labels_keep_each_other() -> None:
    house = House()
    task, labels = house.task(), [house.label() for _ in range(2)]
    for label in labels:
        await house.run(label_task, labelling(house, task, label))
    assert set(house.stored(task).content.label_ids) == {label.id for label in labels}


async def test_a_label_that_is_taken_off_leaves_the_others() -> None:
    house = House()
    gone, kept = house.label(), house.label()
    task = house.task(content__label_ids=(gone.id, kept.id))
    await house.run(unlabel_task, labelling(house, task, gone))
    assert house.stored(task).content.label_ids == (kept.id,)


async def test_a_label_that_is_not_there_is_not_put_on_a_task() -> None:
    house = House()
    with pytest.raises(NotFound):
        await house.run(label_task, LabelTask(house.workspace_id, house.task().id, uuid4(), None))
    assert house.store.events == []


async def test_a_label_that_is_not_on_the_task_is_taken_off_without_a_trace() -> None:
    house = House()
    await house.run(unlabel_task, LabelTask(house.workspace_id, house.task().id, uuid4(), None))
    assert house.store.events == []


async def test_a_task_has_so_many_labels_and_no_more() -> None:
    house = House()
    task = house.task(content__label_ids=tuple(uuid4() for _ in range(MOST_LABELS)))
    with pytest.raises(TooManyLabels):
        await house.run(label_task, labelling(house, task, house.label()))


async def test_a_task_of_an_archived_project_is_neither_labelled_nor_blocked() -> None:
    house = House(archived_at=NOW)
    task = house.task()
    with pytest.raises(ProjectArchived):
        await house.run(label_task, labelling(house, task, house.label()))
    with pytest.raises(ProjectArchived):
        await house.run(block_task, blocking(house, task, house.task()))


async def test_an_unexpected_version_is_neither_labelled_nor_blocked() -> None:
    house = House()
    task = house.task(version=3)
    with pytest.raises(StaleVersion):
        await house.run(label_task, labelling(house, task, house.label(), frozenset({2})))
    with pytest.raises(StaleVersion):
        await house.run(block_task, blocking(house, task, house.task(), frozenset({2})))


async def test_two_blockers_keep_each_other() -> None:
    house = House()
    task, blockers = house.task(), [house.task() for _ in range(2)]
    for blocker in blockers:
        await house.run(block_task, blocking(house, task, blocker))
    assert set(house.stored(task).content.blocked_by_ids) == {blocker.id for blocker in blockers}
    assert house.events_of(blockers) == []


async def test_a_blocker_is_named_by_its_key_too() -> None:
    house = House(key="OPS")
    task, blocker = house.task(), house.task()
    await house.run(block_task, blocking(house, task, TaskKey("OPS", 2)))
    assert house.stored(task).content.blocked_by_ids == (blocker.id,)
    await house.run(unblock_task, blocking(house, task, TaskKey("OPS", 2)))
    assert house.stored(task).content.blocked_by_ids == ()


async def test_a_blocker_that_is_there_already_changes_nothing() -> None:
    house = House()
    blocker = house.task()
    await house.run(block_task, blocking(house, house.task(content__blocked_by_ids=(blocker.id,)), blocker))
    assert house.store.events == []


async def test_a_blocker_that_closes_a_cycle_is_refused_with_the_way_round() -> None:
    house = House()
    first = house.task()
    second = house.task(house.another_project(), content__blocked_by_ids=(first.id,))
    third = house.task(content__blocked_by_ids=(second.id,))
    with pytest.raises(Cycle) as refusal:
        await house.run(block_task, blocking(house, first, third))
    assert refusal.value.extra["path"] == [first.id, third.id, second.id, first.id]
    assert house.store.events == []


async def test_no_task_blocks_itself() -> None:
    house = House()
    task = house.task()
    with pytest.raises(Cycle):
        await house.run(block_task, blocking(house, task, task))


async def test_a_parent_may_wait_for_its_subtask_and_the_other_way_round() -> None:
    house = House()
    parent, child = house.chain(2)
    await house.run(block_task, blocking(house, parent, child))
    other_parent, other_child = house.chain(2)
    await house.run(block_task, blocking(house, other_child, other_parent))


async def test_a_blocker_has_to_be_there_and_out_of_the_trash() -> None:
    house = House()
    for blocker in (uuid4(), house.task(deleted_at=NOW).id):
        with pytest.raises(NotFound):
            await house.run(block_task, blocking(house, house.task(), blocker))


async def test_a_blocker_that_goes_to_the_trash_meanwhile_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    task, blocker = house.task(), house.task()
    look = FakeStructure.blockers

    async def look_too_late(structure: FakeStructure, workspace_id: UUID, ids: Iterable[UUID]) -> Blockers:
        blockers = await look(structure, workspace_id, ids)
        blockers.live.discard(blocker.id)
        return blockers

    monkeypatch.setattr(FakeStructure, "blockers", look_too_late)
    with pytest.raises(NotFound):
        await house.run(block_task, blocking(house, task, blocker))
    assert house.store.events == []


async def test_a_blocker_is_taken_off_wherever_it_is() -> None:
    house = House(key="OPS")
    trashed, purged = house.task(deleted_at=NOW), uuid4()
    task = house.task(content__blocked_by_ids=tuple(sorted((trashed.id, purged))))
    await house.run(unblock_task, blocking(house, task, TaskKey("OPS", 1)))
    await house.run(unblock_task, blocking(house, task, purged))
    assert house.stored(task).content.blocked_by_ids == ()


async def test_a_task_that_does_not_block_is_taken_off_without_a_trace() -> None:
    house = House()
    await house.run(unblock_task, blocking(house, house.task(), house.task()))
    assert house.store.events == []


async def test_a_task_has_so_many_blockers_and_no_more() -> None:
    house = House()
    task = house.task(content__blocked_by_ids=tuple(uuid4() for _ in range(MOST_BLOCKERS)))
    with pytest.raises(TooManyBlockers):
        await house.run(block_task, blocking(house, task, house.task()))
