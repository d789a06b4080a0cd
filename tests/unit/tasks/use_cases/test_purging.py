"""What has lain in the trash for thirty days goes for good, with all that belongs to it."""

from factories.tasks import LATER, NOW
from support.house import House
from taskhub.tasks.application.create_task import create_task
from taskhub.tasks.application.move_task import MoveTask, move_task
from taskhub.tasks.application.purge_trash import AT_ONCE, KEPT
from taskhub.tasks.application.trash_task import TrashTask, trash_task
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.domain.place import LAST
from taskhub.tasks.domain.task import Task

WHEN = NOW + KEPT + (LATER - NOW) / 2
"""When what went to the trash NOW is over, and what went LATER is not."""


def left(house: House, kind: type = Task) -> set[object]:
    return {id for at, _, id in house.store.aggregates if at is kind}


async def test_tasks_that_waited_for_a_purged_one_forget_it() -> None:
    house = House()
    gone, other = house.task(deleted_at=NOW), house.task()
    waiting = house.task(content__blocked_by_ids=(gone.id, other.id))
    in_trash = house.task(content__blocked_by_ids=(gone.id,), deleted_at=LATER)
    archived = house.task(house.another_project(archived_at=NOW), content__blocked_by_ids=(gone.id,))
    assert await house.purge(WHEN) == 1
    assert [house.stored(task).content.blocked_by_ids for task in (waiting, in_trash, archived)] == [(other.id,), (), ()]
    assert house.events_of([waiting, in_trash, archived]) == ["task.updated"] * 3
    assert house.events_of([other]) == []


async def test_two_that_go_together_need_not_forget_each_other() -> None:
    house = House()
    gone = house.task(deleted_at=NOW)
    gone_too = house.task(deleted_at=NOW, content__blocked_by_ids=(gone.id,))
    assert await house.purge(WHEN) == 2
    assert house.events_of([gone, gone_too]) == ["task.purged"] * 2


async def test_comments_go_with_their_task_and_leave_the_log() -> None:
    house = House()
    gone, kept = house.task(deleted_at=NOW), house.task()
    comment, deleted, other = house.comment(gone), house.comment(gone, deleted_at=NOW), house.comment(kept)
    await house.purge(WHEN)
    assert left(house, Comment) == {other.id}
    assert house.store.forgotten == {gone.id, comment.id, deleted.id}


async def test_a_former_key_names_nothing_any_more() -> None:
    house = House(key="OPS")
    web = house.another_project(key="WEB")
    stays, goes = house.task(), house.task()
    for task in (stays, goes):
        await house.run(move_task, MoveTask(house.workspace_id, task.id, LAST, web.id, {}, None))
    await house.run(trash_task, TrashTask(house.workspace_id, goes.id, None))
    await house.purge(LATER + 2 * KEPT)
    assert set(house.store.ledger.former_keys.values()) == {stays.id}


async def test_the_number_of_a_purged_task_is_given_to_no_other() -> None:
    house = House(key="OPS")
    house.task(deleted_at=NOW)
    await house.purge(WHEN)
    assert (await house.run(create_task, house.create())).key == "OPS-2"


async def test_a_tree_goes_with_the_task_that_took_it_along() -> None:
    house = House()
    top = house.task(deleted_at=NOW)
    child = house.task(deleted_at=NOW, content__parent_id=top.id, trashed_with=top.id)
    assert await house.purge(WHEN) == 2
    assert house.events_of([top, child]) == ["task.purged"] * 2


async def test_whoever_took_others_along_goes_first() -> None:
    """A tree that is half gone can't be restored without its upper half."""
    house = House()
    leaders = [house.task(deleted_at=NOW) for _ in range(2)]
    followers = [house.task(deleted_at=NOW, trashed_with=leaders[0].id) for _ in range(AT_ONCE)]
    late = house.task(deleted_at=NOW)
    assert await house.purge(WHEN) == AT_ONCE
    assert not left(house) & {leaders[0].id, leaders[1].id, late.id}
    assert len(left(house) & {task.id for task in followers}) == 3
    assert [await house.purge(WHEN) for _ in range(2)] == [3, 0]


async def test_a_task_that_comes_to_nothing_leaves_no_place() -> None:
    house = House()
    house.task(deleted_at=NOW)
    kept = house.task()
    await house.purge(WHEN)
    assert house.order() == [kept.id]


async def test_projects_go_before_tasks() -> None:
    house = House(deleted_at=NOW)
    task = house.task(deleted_at=NOW, trashed_with=house.project.id)
    assert await house.purge(WHEN) == 1
    assert house.store.forgotten == house.store.buried == {house.project.id}
    assert left(house) == {task.id}
