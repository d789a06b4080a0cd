"""A task takes another place, in its project or in another."""

import pytest
from msgspec.structs import replace

from factories.tasks import LATER, NOW, ProjectFactory, TaskFactory
from taskhub.tasks.contract.errors import ProjectArchived

ARCHIVED = ProjectFactory(archived_at=NOW)


def test_a_task_that_takes_another_place_was_moved() -> None:
    task = TaskFactory()
    task.move(task.content, "a1", project=ProjectFactory(), now=LATER)
    assert (task.rank, task.event, task.updated_at) == ("a1", "task.moved", LATER)


def test_a_task_that_is_put_where_it_stands_leaves_no_trace() -> None:
    task = TaskFactory()
    task.move(task.content, None, project=ProjectFactory(), now=LATER)
    assert (task.rank, task.event, task.updated_at) == (None, None, NOW)


def test_a_task_that_only_changes_on_its_way_was_moved_too() -> None:
    task = TaskFactory()
    task.move(replace(task.content, status="done"), None, project=ProjectFactory(), now=LATER)
    assert (task.rank, task.event, task.content.status) == (None, "task.moved", "done")


def test_a_task_of_an_archived_project_stays_in_its_place() -> None:
    task = TaskFactory()
    with pytest.raises(ProjectArchived):
        task.move(task.content, "a1", project=ARCHIVED, now=LATER)
    assert (task.rank, task.event) == (None, None)


def test_a_task_of_an_archived_project_may_be_put_where_it_stands() -> None:
    task = TaskFactory()
    task.move(task.content, None, project=ARCHIVED, now=LATER)
    assert task.event is None


def test_another_project_gives_a_task_another_key_and_place() -> None:
    task, project = TaskFactory(), ProjectFactory(key="WEB")
    task.move_to_project(project, 7, "a1", task.content, now=LATER)
    assert (task.project_id, task.key, task.rank) == (project.id, "WEB-7", "a1")
    assert (task.event, task.updated_at) == ("task.moved", LATER)


def test_a_task_keeps_who_made_it_and_when_in_another_project() -> None:
    task = TaskFactory()
    before = (task.id, task.created_by_id, task.created_at, task.version)
    task.move_to_project(ProjectFactory(), 7, "a1", task.content, now=LATER)
    assert (task.id, task.created_by_id, task.created_at, task.version) == before


def test_an_archived_project_takes_no_task_of_another() -> None:
    task = TaskFactory()
    before = (task.project_id, task.key)
    with pytest.raises(ProjectArchived):
        task.move_to_project(ARCHIVED, 7, "a1", task.content, now=LATER)
    assert ((task.project_id, task.key), task.event) == (before, None)
