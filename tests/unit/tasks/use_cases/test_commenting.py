"""Comments on tasks are written, changed and deleted."""

from uuid import UUID, uuid4

import pytest

from factories.tasks import LATER, NOW
from support.house import House
from taskhub.kernel.domain.errors import NotAllowed, NotFound, StaleVersion
from taskhub.tasks.application.change_comment import ChangeComment, change_comment
from taskhub.tasks.application.create_comment import CreateComment, create_comment
from taskhub.tasks.application.delete_comment import DeleteComment, delete_comment
from taskhub.tasks.contract.errors import ProjectArchived
from taskhub.tasks.contract.references import TaskKey, TaskRef
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.domain.task import Task

AUTHOR = uuid4()


def writing(house: House, task: Task | TaskRef, body: str = "Done?") -> CreateComment:
    ref = task.id if isinstance(task, Task) else task
    return CreateComment(house.workspace_id, ref, uuid4(), body, AUTHOR)


def changing(house: House, comment: Comment, body: str | None, actor_id: UUID = AUTHOR) -> ChangeComment:
    return ChangeComment(house.workspace_id, comment.task_id, comment.id, body, actor_id, None)


def deleting(house: House, comment: Comment, actor_id: UUID = AUTHOR, *, moderates: bool = False) -> DeleteComment:
    return DeleteComment(house.workspace_id, comment.task_id, comment.id, actor_id, moderates, None)


async def test_a_comment_belongs_to_its_task_however_that_is_named() -> None:
    house = House(key="OPS")
    task = house.task()
    for ref in (task.id, TaskKey("OPS", 1)):
        comment = await house.run(create_comment, writing(house, ref))
        assert (comment.task_id, comment.author_id) == (task.id, AUTHOR)


async def test_a_comment_leaves_its_task_as_it_was() -> None:
    house = House()
    task = house.task()
    comment = await house.run(create_comment, writing(house, task))
    assert house.store.events == [("comment.created", comment.id, 1)]
    assert house.stored(task).version == 1


async def test_only_members_are_mentioned() -> None:
    house = House()
    member, stranger = house.member(), uuid4()
    comment = await house.run(create_comment, writing(house, house.task(), f"@{stranger} @{member}"))
    assert comment.mentioned_ids == (member,)


async def test_an_edit_mentions_anew() -> None:
    house = House()
    former, member = house.member(), house.member()
    comment = house.comment(house.task(), author_id=AUTHOR, mentioned_ids=(former,))
    await house.run(change_comment, changing(house, comment, f"@{member}"))
    stored = house.stored(comment)
    assert (stored.mentioned_ids, stored.edited_at, stored.version) == ((member,), LATER, 2)


async def test_a_patch_that_names_no_body_changes_nothing() -> None:
    house = House()
    comment = house.comment(house.task(), author_id=AUTHOR)
    await house.run(change_comment, changing(house, comment, None))
    assert house.store.events == []


async def test_nobody_else_changes_a_comment() -> None:
    house = House()
    comment = house.comment(house.task(), author_id=AUTHOR)
    with pytest.raises(NotAllowed):
        await house.run(change_comment, changing(house, comment, "Mine", uuid4()))


async def test_a_comment_is_found_on_its_own_task_only() -> None:
    house = House()
    comment, other = house.comment(house.task(), author_id=AUTHOR), house.task()
    with pytest.raises(NotFound):
        await house.run(change_comment, ChangeComment(house.workspace_id, other.id, comment.id, "x", AUTHOR, None))
    with pytest.raises(NotFound):
        await house.run(delete_comment, DeleteComment(house.workspace_id, other.id, comment.id, AUTHOR, True, None))


async def test_a_comment_of_an_unexpected_version_stays_as_it_is() -> None:
    house = House()
    comment = house.comment(house.task(), author_id=AUTHOR, version=3)
    stale = frozenset({2})
    with pytest.raises(StaleVersion):
        await house.run(change_comment, ChangeComment(house.workspace_id, comment.task_id, comment.id, "x", AUTHOR, stale))
    with pytest.raises(StaleVersion):
        await house.run(delete_comment, DeleteComment(house.workspace_id, comment.task_id, comment.id, AUTHOR, False, stale))


async def test_who_may_not_change_a_comment_is_told_so_before_its_version() -> None:
    house = House()
    comment = house.comment(house.task(), author_id=AUTHOR, version=3)
    stale, someone = frozenset({2}), uuid4()
    with pytest.raises(NotAllowed):
        await house.run(change_comment, ChangeComment(house.workspace_id, comment.task_id, comment.id, "x", someone, stale))
    with pytest.raises(NotAllowed):
        await house.run(delete_comment, DeleteComment(house.workspace_id, comment.task_id, comment.id, someone, False, stale))


async def test_a_comment_that_is_deleted_is_gone_and_its_words_with_it() -> None:
    house = House()
    comment = house.comment(house.task(), author_id=AUTHOR, body="Secret")
    await house.run(delete_comment, deleting(house, comment))
    assert (house.stored(comment).body, house.store.buried) == ("", {comment.id})
    assert house.store.events == [("comment.deleted", comment.id, 2)]
    with pytest.raises(NotFound):
        await house.run(delete_comment, deleting(house, comment))
    with pytest.raises(NotFound):
        await house.run(change_comment, changing(house, comment, "Back"))


async def test_others_delete_a_comment_only_to_moderate() -> None:
    house = House()
    comment = house.comment(house.task(), author_id=AUTHOR)
    with pytest.raises(NotAllowed):
        await house.run(delete_comment, deleting(house, comment, uuid4()))
    await house.run(delete_comment, deleting(house, comment, uuid4(), moderates=True))
    assert house.stored(comment).deleted_at == LATER


async def test_an_archived_project_takes_no_comments_and_no_edits_but_lets_go_of_what_was_said() -> None:
    house = House(archived_at=NOW)
    task = house.task()
    comment = house.comment(task, author_id=AUTHOR)
    with pytest.raises(ProjectArchived):
        await house.run(create_comment, writing(house, task))
    with pytest.raises(ProjectArchived):
        await house.run(change_comment, changing(house, comment, "Other"))
    await house.run(delete_comment, deleting(house, comment))
    assert house.stored(comment).deleted_at == LATER


async def test_a_task_in_the_trash_has_no_comments_to_write_change_or_delete() -> None:
    house = House()
    task = house.task(deleted_at=NOW)
    comment = house.comment(task, author_id=AUTHOR)
    with pytest.raises(NotFound):
        await house.run(create_comment, writing(house, task))
    with pytest.raises(NotFound):
        await house.run(change_comment, changing(house, comment, "Other"))
    with pytest.raises(NotFound):
        await house.run(delete_comment, deleting(house, comment))
