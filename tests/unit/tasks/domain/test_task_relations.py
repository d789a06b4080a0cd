"""What a task is marked with and waits for, one at a time."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from factories.tasks import LATER, NOW, ProjectFactory, TaskFactory
from taskhub.kernel.domain.errors import DomainError
from taskhub.tasks.domain.blockers import MAX_BLOCKERS
from taskhub.tasks.domain.errors import ProjectArchived, TooManyBlockers, TooManyLabels
from taskhub.tasks.domain.task import MAX_LABELS, Task

Step = Callable[..., None]

adding = pytest.mark.parametrize(
    ("add", "field"), [(Task.add_label, "label_ids"), (Task.add_blocker, "blocked_by_ids"), (Task.assign, "assignee_ids")]
)
removing = pytest.mark.parametrize(
    ("remove", "field"),
    [(Task.remove_label, "label_ids"), (Task.remove_blocker, "blocked_by_ids"), (Task.unassign, "assignee_ids")],
)


def task_with(field: str, *ids: UUID) -> Task:
    task: Task = TaskFactory(**{f"content__{field}": ids})
    return task


def sorted_ids(count: int) -> tuple[UUID, ...]:
    return tuple(sorted(uuid4() for _ in range(count)))


@adding
def test_one_more_takes_its_place_among_the_others(add: Step, field: str) -> None:
    low, middle, high = sorted_ids(3)
    task = task_with(field, low, high)
    add(task, middle, project=ProjectFactory(), now=LATER)
    assert getattr(task.content, field) == (low, middle, high)
    assert (task.event, task.updated_at) == ("task.updated", LATER)


@adding
def test_one_that_is_there_already_changes_nothing(add: Step, field: str) -> None:
    ids = sorted_ids(2)
    task = task_with(field, *ids)
    add(task, ids[1], project=ProjectFactory(archived_at=NOW), now=LATER)
    assert (getattr(task.content, field), task.event) == (ids, None)


@removing
def test_taking_one_off_leaves_the_others_as_they_were(remove: Step, field: str) -> None:
    low, middle, high = sorted_ids(3)
    task = task_with(field, low, middle, high)
    remove(task, middle, project=ProjectFactory(), now=LATER)
    assert getattr(task.content, field) == (low, high)
    assert (task.event, task.updated_at) == ("task.updated", LATER)


@removing
def test_taking_off_what_is_not_there_changes_nothing(remove: Step, field: str) -> None:
    task = task_with(field, uuid4())
    remove(task, uuid4(), project=ProjectFactory(archived_at=NOW), now=LATER)
    assert task.event is None


@adding
def test_a_task_of_an_archived_project_takes_nothing(add: Step, field: str) -> None:
    task = task_with(field)
    with pytest.raises(ProjectArchived):
        add(task, uuid4(), project=ProjectFactory(archived_at=NOW), now=LATER)
    assert (getattr(task.content, field), task.event) == ((), None)


@removing
def test_a_task_of_an_archived_project_loses_nothing(remove: Step, field: str) -> None:
    id = uuid4()
    with pytest.raises(ProjectArchived):
        remove(task_with(field, id), id, project=ProjectFactory(archived_at=NOW), now=LATER)


@pytest.mark.parametrize(
    ("add", "field", "most", "refusal"),
    [
        (Task.add_label, "label_ids", MAX_LABELS, TooManyLabels),
        (Task.add_blocker, "blocked_by_ids", MAX_BLOCKERS, TooManyBlockers),
    ],
)
def test_there_may_be_so_many_and_no_more(add: Step, field: str, most: int, refusal: type[DomainError]) -> None:
    ids = sorted_ids(most)
    task = task_with(field, *ids[1:])
    add(task, ids[0], project=ProjectFactory(), now=LATER)
    add(task, ids[1], project=ProjectFactory(), now=LATER)
    with pytest.raises(refusal):
        add(task, uuid4(), project=ProjectFactory(), now=LATER)
    assert getattr(task.content, field) == ids


def test_blockers_that_are_gone_for_good_are_forgotten() -> None:
    gone, kept, gone_too = sorted_ids(3)
    task = task_with("blocked_by_ids", gone, kept, gone_too)
    task.drop_blockers(frozenset({gone, gone_too, uuid4()}), now=LATER)
    assert task.content.blocked_by_ids == (kept,)
    assert (task.event, task.updated_at) == ("task.updated", LATER)


def test_a_task_that_waited_for_none_of_them_stays_as_it_is() -> None:
    task = task_with("blocked_by_ids", uuid4())
    task.drop_blockers(frozenset({uuid4()}), now=LATER)
    assert (task.event, task.updated_at) == (None, NOW)


def test_blockers_are_forgotten_even_in_the_trash() -> None:
    gone = uuid4()
    task = TaskFactory(content__blocked_by_ids=(gone,), deleted_at=NOW)
    task.drop_blockers(frozenset({gone}), now=LATER)
    assert (task.content.blocked_by_ids, task.deleted_at) == ((), NOW)
