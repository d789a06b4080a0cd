"""The trash: who goes there, who goes along, and who comes back."""

from uuid import uuid4

import pytest

from factories.tasks import LATER, NOW, ProjectFactory, TaskFactory
from taskhub.tasks.domain.errors import ParentDeleted, ProjectArchived, ProjectDeleted


def test_a_task_goes_to_the_trash_on_its_own_account() -> None:
    task = TaskFactory()
    task.trash(project=ProjectFactory(), now=LATER)
    assert (task.deleted_at, task.trashed_with, task.event) == (LATER, None, "task.trashed")


def test_a_task_of_an_archived_project_does_not_go_to_the_trash() -> None:
    with pytest.raises(ProjectArchived):
        TaskFactory().trash(project=ProjectFactory(archived_at=NOW), now=LATER)


def test_a_subtask_goes_along_and_knows_with_whom() -> None:
    leader, task = TaskFactory(), TaskFactory()
    task.trash_with_ancestor(leader, now=LATER)
    assert (task.deleted_at, task.trashed_with, task.event) == (LATER, leader.id, "task.trashed")


def test_a_subtask_that_was_in_the_trash_before_stays_as_it_was() -> None:
    task = TaskFactory(deleted_at=NOW)
    task.trash_with_ancestor(TaskFactory(), now=LATER)
    assert (task.deleted_at, task.trashed_with, task.event) == (NOW, None, None)


def test_a_subtask_comes_back_with_its_parent_there() -> None:
    parent = TaskFactory()
    task = TaskFactory(content__parent_id=parent.id, deleted_at=NOW)
    task.restore(project=ProjectFactory(), parent=parent, now=LATER)
    assert (task.deleted_at, task.event, task.content.parent_id) == (None, "task.restored", parent.id)


def test_a_subtask_stays_in_the_trash_while_its_parent_is_there() -> None:
    parent = TaskFactory(deleted_at=NOW)
    task = TaskFactory(content__parent_id=parent.id, deleted_at=NOW, trashed_with=parent.id)
    with pytest.raises(ParentDeleted):
        task.restore(project=ProjectFactory(), parent=parent, now=LATER)
    assert (task.deleted_at, task.event) == (NOW, None)


def test_a_subtask_stays_in_the_trash_where_its_parent_is_gone_for_good() -> None:
    task = TaskFactory(content__parent_id=uuid4(), deleted_at=NOW)
    with pytest.raises(ParentDeleted):
        task.restore(project=ProjectFactory(), parent=None, now=LATER)


def test_that_the_project_is_in_the_trash_is_told_first() -> None:
    parent = TaskFactory(deleted_at=NOW)
    task = TaskFactory(content__parent_id=parent.id, deleted_at=NOW)
    with pytest.raises(ProjectDeleted):
        task.restore(project=ProjectFactory(deleted_at=NOW), parent=parent, now=LATER)


def test_a_task_does_not_come_back_to_an_archived_project() -> None:
    with pytest.raises(ProjectArchived):
        TaskFactory(deleted_at=NOW).restore(project=ProjectFactory(archived_at=NOW), now=LATER)


def test_a_task_that_is_not_in_the_trash_is_restored_without_a_question() -> None:
    task = TaskFactory(content__parent_id=uuid4())
    task.restore(project=ProjectFactory(archived_at=NOW), now=LATER)
    assert task.event is None


def test_who_comes_back_belongs_to_nobodys_trash() -> None:
    task = TaskFactory(deleted_at=NOW, trashed_with=uuid4())
    task.untrash(LATER)
    assert (task.deleted_at, task.trashed_with, task.event) == (None, None, "task.restored")


def test_that_a_task_is_gone_for_good_is_said_last() -> None:
    task = TaskFactory(deleted_at=NOW)
    task.purge(LATER)
    assert (task.event, task.updated_at, task.deleted_at) == ("task.purged", LATER, NOW)
