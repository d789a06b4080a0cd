"""What has lain in the trash for thirty days goes for good, with all that belongs to it."""

from factories.tasks import LATER, NOW
from support.harness.scenario import Scenario
from taskhub.tasks.application.background.purge_trash import BATCH_SIZE, RETENTION
from taskhub.tasks.application.tasks.create_task import create_task
from taskhub.tasks.application.tasks.move_task import MoveTask, move_task
from taskhub.tasks.application.tasks.trash_task import TrashTask, trash_task
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.domain.place import LAST
from taskhub.tasks.domain.task import Task

WHEN = NOW + RETENTION + (LATER - NOW) / 2
"""When what went to the trash NOW is over, and what went LATER is not."""


def left(scenario: Scenario, kind: type = Task) -> set[object]:
    return {id for at, _, id in scenario.store.aggregates if at is kind}


async def test_tasks_that_waited_for_a_purged_one_forget_it() -> None:
    scenario = Scenario()
    gone, other = scenario.task(deleted_at=NOW), scenario.task()
    waiting = scenario.task(content__blocked_by_ids=(gone.id, other.id))
    in_trash = scenario.task(content__blocked_by_ids=(gone.id,), deleted_at=LATER)
    archived = scenario.task(scenario.another_project(archived_at=NOW), content__blocked_by_ids=(gone.id,))
    assert await scenario.purge(WHEN) == 1
    assert [scenario.stored(task).content.blocked_by_ids for task in (waiting, in_trash, archived)] == [(other.id,), (), ()]
    assert scenario.events_of([waiting, in_trash, archived]) == ["task.updated"] * 3
    assert scenario.events_of([other]) == []


async def test_two_that_go_together_need_not_forget_each_other() -> None:
    scenario = Scenario()
    gone = scenario.task(deleted_at=NOW)
    gone_too = scenario.task(deleted_at=NOW, content__blocked_by_ids=(gone.id,))
    assert await scenario.purge(WHEN) == 2
    assert scenario.events_of([gone, gone_too]) == ["task.purged"] * 2


async def test_comments_go_with_their_task_and_leave_the_log() -> None:
    scenario = Scenario()
    gone, kept = scenario.task(deleted_at=NOW), scenario.task()
    comment, deleted, other = scenario.comment(gone), scenario.comment(gone, deleted_at=NOW), scenario.comment(kept)
    await scenario.purge(WHEN)
    assert left(scenario, Comment) == {other.id}
    assert scenario.store.forgotten == {gone.id, comment.id, deleted.id}


async def test_a_former_key_names_nothing_any_more() -> None:
    scenario = Scenario(key="OPS")
    web = scenario.another_project(key="WEB")
    stays, goes = scenario.task(), scenario.task()
    for task in (stays, goes):
        await scenario.run(move_task, MoveTask(scenario.workspace_id, task.id, LAST, web.id, {}, None))
    await scenario.run(trash_task, TrashTask(scenario.workspace_id, goes.id, None))
    await scenario.purge(LATER + 2 * RETENTION)
    assert set(scenario.store.ledger.former_keys.values()) == {stays.id}


async def test_the_number_of_a_purged_task_is_given_to_no_other() -> None:
    scenario = Scenario(key="OPS")
    scenario.task(deleted_at=NOW)
    await scenario.purge(WHEN)
    assert (await scenario.run(create_task, scenario.create())).key == "OPS-2"


async def test_a_tree_goes_with_the_task_that_took_it_along() -> None:
    scenario = Scenario()
    top = scenario.task(deleted_at=NOW)
    child = scenario.task(deleted_at=NOW, content__parent_id=top.id, trashed_with=top.id)
    assert await scenario.purge(WHEN) == 2
    assert scenario.events_of([top, child]) == ["task.purged"] * 2


async def test_whoever_took_others_along_goes_first() -> None:
    """A tree that is half gone can't be restored without its upper half."""
    scenario = Scenario()
    leaders = [scenario.task(deleted_at=NOW) for _ in range(2)]
    followers = [scenario.task(deleted_at=NOW, trashed_with=leaders[0].id) for _ in range(BATCH_SIZE)]
    late = scenario.task(deleted_at=NOW)
    assert await scenario.purge(WHEN) == BATCH_SIZE
    assert not left(scenario) & {leaders[0].id, leaders[1].id, late.id}
    assert len(left(scenario) & {task.id for task in followers}) == 3
    assert [await scenario.purge(WHEN) for _ in range(2)] == [3, 0]


async def test_a_task_that_comes_to_nothing_leaves_no_place() -> None:
    scenario = Scenario()
    scenario.task(deleted_at=NOW)
    kept = scenario.task()
    await scenario.purge(WHEN)
    assert scenario.order() == [kept.id]


async def test_projects_go_before_tasks() -> None:
    scenario = Scenario(deleted_at=NOW)
    task = scenario.task(deleted_at=NOW, trashed_with=scenario.project.id)
    assert await scenario.purge(WHEN) == 1
    assert scenario.store.forgotten == scenario.store.buried == {scenario.project.id}
    assert left(scenario) == {task.id}
