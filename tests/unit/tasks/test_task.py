"""The rules of a task."""

from datetime import UTC, date, datetime, time
from uuid import uuid4

import pytest
from msgspec.structs import replace

from factories.tasks import LATER, NOW, ContentFactory, ProjectFactory, TaskFactory
from taskhub.tasks.contract.errors import ProjectArchived
from taskhub.tasks.domain.due import Due
from taskhub.tasks.domain.errors import ProjectDeleted, TooManyAssignees
from taskhub.tasks.domain.task import MAX_ASSIGNEES, Task


def changed(task: Task, **content: object) -> Task:
    task.change(replace(task.content, **content), project=ProjectFactory(), now=LATER)
    return task


def test_a_new_task_has_no_number_until_it_is_committed() -> None:
    task = Task.create(id=uuid4(), project=ProjectFactory(), content=ContentFactory(), created_by_id=uuid4(), now=NOW)
    assert task.number is None
    assert task.event == "task.created"


def test_an_archived_project_takes_no_new_tasks() -> None:
    with pytest.raises(ProjectArchived):
        Task.create(id=uuid4(), project=ProjectFactory(archived_at=NOW), content=ContentFactory(), created_by_id=uuid4(), now=NOW)


def test_a_change_sets_when_it_happened() -> None:
    assert changed(TaskFactory(), title="Other").updated_at == LATER


def test_a_change_that_changes_nothing_leaves_no_trace() -> None:
    task = changed(TaskFactory(content__title="Same"), title="Same")
    assert task.event is None
    assert task.updated_at == NOW


def test_a_change_that_changes_nothing_is_no_change_to_an_archived_project() -> None:
    task = TaskFactory()
    task.change(task.content, project=ProjectFactory(archived_at=NOW), now=LATER)
    assert task.event is None


def test_a_task_of_an_archived_project_stays_as_it_is() -> None:
    task = TaskFactory()
    with pytest.raises(ProjectArchived):
        task.change(replace(task.content, title="Other"), project=ProjectFactory(archived_at=NOW), now=LATER)


def test_a_task_has_a_limited_number_of_assignees() -> None:
    crowd = tuple(uuid4() for _ in range(MAX_ASSIGNEES))
    task = TaskFactory(content__assignee_ids=crowd)
    task.assign(crowd[0], project=ProjectFactory(), now=LATER)
    with pytest.raises(TooManyAssignees):
        task.assign(uuid4(), project=ProjectFactory(), now=LATER)


def test_a_former_member_is_released_even_from_the_trash() -> None:
    someone = uuid4()
    task = TaskFactory(content__assignee_ids=(someone,), deleted_at=NOW)
    task.unassign_former_member(someone, now=LATER)
    assert task.content.assignee_ids == ()


def test_a_task_stays_in_the_trash_while_its_project_is_there() -> None:
    with pytest.raises(ProjectDeleted):
        TaskFactory(deleted_at=NOW).restore(project=ProjectFactory(deleted_at=NOW), now=LATER)


def test_a_restored_task_belongs_to_nobodys_trash() -> None:
    project = ProjectFactory()
    task = TaskFactory(deleted_at=NOW, trashed_with=project.id)
    task.restore(project=project, now=LATER)
    assert (task.deleted_at, task.trashed_with) == (None, None)


def test_a_wall_time_in_the_gap_of_a_clock_change_moves_forward() -> None:
    due = Due.at_time(date(2026, 3, 29), time(2, 30), "Europe/Berlin")
    assert due.at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_wall_time_that_happens_twice_is_the_first() -> None:
    due = Due.at_time(date(2026, 10, 25), time(2, 30), "Europe/Berlin")
    assert due.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_an_all_day_date_counts_as_the_end_of_that_date() -> None:
    assert Due(date(2026, 3, 1)).ends_at == datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=UTC)
