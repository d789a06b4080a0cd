"""Comments on tasks are written, changed and deleted."""

from uuid import UUID, uuid4

import pytest

from factories.tasks import LATER, NOW
from support.harness.scenario import Scenario
from taskhub.kernel.domain.errors import NotAllowed, NotFound, StaleVersion
from taskhub.tasks.application.comments.change_comment import ChangeComment, change_comment
from taskhub.tasks.application.comments.create_comment import CreateComment, create_comment
from taskhub.tasks.application.comments.delete_comment import DeleteComment, delete_comment
from taskhub.tasks.application.ports import TaskKey, TaskRef
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.domain.errors import ProjectArchived
from taskhub.tasks.domain.task import Task

AUTHOR = uuid4()


def writing(scenario: Scenario, task: Task | TaskRef, body: str = "Done?") -> CreateComment:
    ref = task.id if isinstance(task, Task) else task
    return CreateComment(scenario.workspace_id, ref, uuid4(), body, AUTHOR)


def changing(scenario: Scenario, comment: Comment, body: str | None, actor_id: UUID = AUTHOR) -> ChangeComment:
    return ChangeComment(scenario.workspace_id, comment.task_id, comment.id, body, actor_id, None)


def deleting(scenario: Scenario, comment: Comment, actor_id: UUID = AUTHOR, *, moderates: bool = False) -> DeleteComment:
    return DeleteComment(scenario.workspace_id, comment.task_id, comment.id, actor_id, moderates, None)


async def test_a_comment_belongs_to_its_task_however_that_is_named() -> None:
    scenario = Scenario(key="OPS")
    task = scenario.task()
    for ref in (task.id, TaskKey("OPS", 1)):
        comment = await scenario.run(create_comment, writing(scenario, ref))
        assert (comment.task_id, comment.author_id) == (task.id, AUTHOR)


async def test_a_comment_leaves_its_task_as_it_was() -> None:
    scenario = Scenario()
    task = scenario.task()
    comment = await scenario.run(create_comment, writing(scenario, task))
    assert scenario.store.events == [("comment.created", comment.id, 1)]
    assert scenario.stored(task).version == 1


async def test_only_members_are_mentioned() -> None:
    scenario = Scenario()
    member, stranger = scenario.member(), uuid4()
    comment = await scenario.run(create_comment, writing(scenario, scenario.task(), f"@{stranger} @{member}"))
    assert comment.mentioned_ids == (member,)


async def test_an_edit_mentions_anew() -> None:
    scenario = Scenario()
    former, member = scenario.member(), scenario.member()
    comment = scenario.comment(scenario.task(), author_id=AUTHOR, mentioned_ids=(former,))
    await scenario.run(change_comment, changing(scenario, comment, f"@{member}"))
    stored = scenario.stored(comment)
    assert (stored.mentioned_ids, stored.edited_at, stored.version) == ((member,), LATER, 2)


async def test_a_patch_that_names_no_body_changes_nothing() -> None:
    scenario = Scenario()
    comment = scenario.comment(scenario.task(), author_id=AUTHOR)
    await scenario.run(change_comment, changing(scenario, comment, None))
    assert scenario.store.events == []


async def test_nobody_else_changes_a_comment() -> None:
    scenario = Scenario()
    comment = scenario.comment(scenario.task(), author_id=AUTHOR)
    with pytest.raises(NotAllowed):
        await scenario.run(change_comment, changing(scenario, comment, "Mine", uuid4()))


async def test_a_comment_is_found_on_its_own_task_only() -> None:
    scenario = Scenario()
    comment, other = scenario.comment(scenario.task(), author_id=AUTHOR), scenario.task()
    with pytest.raises(NotFound):
        await scenario.run(change_comment, ChangeComment(scenario.workspace_id, other.id, comment.id, "x", AUTHOR, None))
    with pytest.raises(NotFound):
        await scenario.run(delete_comment, DeleteComment(scenario.workspace_id, other.id, comment.id, AUTHOR, True, None))


async def test_a_comment_of_an_unexpected_version_stays_as_it_is() -> None:
    scenario = Scenario()
    comment = scenario.comment(scenario.task(), author_id=AUTHOR, version=3)
    stale = frozenset({2})
    with pytest.raises(StaleVersion):
        await scenario.run(change_comment, ChangeComment(scenario.workspace_id, comment.task_id, comment.id, "x", AUTHOR, stale))
    with pytest.raises(StaleVersion):
        await scenario.run(
            delete_comment, DeleteComment(scenario.workspace_id, comment.task_id, comment.id, AUTHOR, False, stale)
        )


async def test_who_may_not_change_a_comment_is_told_so_before_its_version() -> None:
    scenario = Scenario()
    comment = scenario.comment(scenario.task(), author_id=AUTHOR, version=3)
    stale, someone = frozenset({2}), uuid4()
    with pytest.raises(NotAllowed):
        await scenario.run(change_comment, ChangeComment(scenario.workspace_id, comment.task_id, comment.id, "x", someone, stale))
    with pytest.raises(NotAllowed):
        await scenario.run(
            delete_comment, DeleteComment(scenario.workspace_id, comment.task_id, comment.id, someone, False, stale)
        )


async def test_a_comment_that_is_deleted_is_gone_and_its_words_with_it() -> None:
    scenario = Scenario()
    comment = scenario.comment(scenario.task(), author_id=AUTHOR, body="Secret")
    await scenario.run(delete_comment, deleting(scenario, comment))
    assert (scenario.stored(comment).body, scenario.store.buried) == ("", {comment.id})
    assert scenario.store.events == [("comment.deleted", comment.id, 2)]
    with pytest.raises(NotFound):
        await scenario.run(delete_comment, deleting(scenario, comment))
    with pytest.raises(NotFound):
        await scenario.run(change_comment, changing(scenario, comment, "Back"))


async def test_others_delete_a_comment_only_to_moderate() -> None:
    scenario = Scenario()
    comment = scenario.comment(scenario.task(), author_id=AUTHOR)
    with pytest.raises(NotAllowed):
        await scenario.run(delete_comment, deleting(scenario, comment, uuid4()))
    await scenario.run(delete_comment, deleting(scenario, comment, uuid4(), moderates=True))
    assert scenario.stored(comment).deleted_at == LATER


async def test_an_archived_project_takes_no_comments_and_no_edits_but_lets_go_of_what_was_said() -> None:
    scenario = Scenario(archived_at=NOW)
    task = scenario.task()
    comment = scenario.comment(task, author_id=AUTHOR)
    with pytest.raises(ProjectArchived):
        await scenario.run(create_comment, writing(scenario, task))
    with pytest.raises(ProjectArchived):
        await scenario.run(change_comment, changing(scenario, comment, "Other"))
    await scenario.run(delete_comment, deleting(scenario, comment))
    assert scenario.stored(comment).deleted_at == LATER


async def test_a_task_in_the_trash_has_no_comments_to_write_change_or_delete() -> None:
    scenario = Scenario()
    task = scenario.task(deleted_at=NOW)
    comment = scenario.comment(task, author_id=AUTHOR)
    with pytest.raises(NotFound):
        await scenario.run(create_comment, writing(scenario, task))
    with pytest.raises(NotFound):
        await scenario.run(change_comment, changing(scenario, comment, "Other"))
    with pytest.raises(NotFound):
        await scenario.run(delete_comment, deleting(scenario, comment))
