"""`status_category` and `closed_at` follow the status, whichever way a task comes to it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import msgspec
import pytest

from factories.tasks import LATER, NOW, ContentFactory, ProjectFactory, TaskFactory, workflow_of
from taskhub.kernel.domain.errors import ValidationFailed
from taskhub.tasks.domain.errors import IllegalTransition
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task

WORKFLOW = workflow_of("open:todo", "testing:in_progress", "shipped:done", "dropped:cancelled")
STRICT = replace(WORKFLOW, transitions={"open": ("testing",)})


def project_with(**fields: object) -> Project:
    return ProjectFactory(**{"workflow": WORKFLOW, **fields})


def task_at(status: str, closed_at: datetime | None = None) -> Task:
    return TaskFactory(content__status=status, status_category=WORKFLOW.category_of(status), closed_at=closed_at)


def change(task: Task, status: str, project: Project) -> None:
    task.change(msgspec.structs.replace(task.content, status=status), project=project, now=LATER)


def move(task: Task, status: str, project: Project) -> None:
    task.move(msgspec.structs.replace(task.content, status=status), "a1", project=project, now=LATER)


def enter(task: Task, status: str, project: Project) -> None:
    task.move_to_project(project, 1, "a1", msgspec.structs.replace(task.content, status=status), now=LATER)


Way = Callable[[Task, str, Project], None]
every_way = pytest.mark.parametrize("take", [change, move, enter])


@every_way
@pytest.mark.parametrize(("status", "category"), [("shipped", "done"), ("dropped", "cancelled")])
def test_a_task_that_is_closed_says_when(take: Way, status: str, category: str) -> None:
    task = task_at("open")
    take(task, status, project_with())
    assert (task.status_category, task.closed_at) == (category, LATER)


@every_way
def test_a_task_that_was_closed_before_keeps_its_instant(take: Way) -> None:
    task = task_at("shipped", NOW)
    take(task, "dropped", project_with())
    assert (task.status_category, task.closed_at) == ("cancelled", NOW)


@every_way
@pytest.mark.parametrize(("status", "category"), [("open", "todo"), ("testing", "in_progress")])
def test_a_task_that_is_reopened_forgets_when_it_was_closed(take: Way, status: str, category: str) -> None:
    task = task_at("shipped", NOW)
    take(task, status, project_with())
    assert (task.status_category, task.closed_at) == (category, None)


@every_way
def test_a_status_that_the_project_lacks_is_refused(take: Way) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        take(task_at("open"), "done", project_with())
    assert refusal.value.faults[0].pointer == "/status"


@pytest.mark.parametrize(("status", "closed_at"), [("shipped", NOW), ("dropped", NOW), ("open", None), ("testing", None)])
def test_a_new_task_is_closed_where_its_status_is(status: str, closed_at: datetime | None) -> None:
    content = ContentFactory(status=status)
    task = Task.create(id=uuid4(), project=project_with(), content=content, created_by_id=uuid4(), now=NOW)
    assert (task.status_category, task.closed_at) == (WORKFLOW.category_of(status), closed_at)


def test_a_new_task_needs_a_status_of_its_project() -> None:
    with pytest.raises(ValidationFailed):
        Task.create(id=uuid4(), project=project_with(), content=ContentFactory(status="done"), created_by_id=uuid4(), now=NOW)


@pytest.mark.parametrize("take", [change, move])
def test_within_a_project_the_workflow_has_to_lead_there(take: Way) -> None:
    task = task_at("open")
    with pytest.raises(IllegalTransition):
        take(task, "shipped", project_with(workflow=STRICT))
    assert (task.content.status, task.closed_at, task.event) == ("open", None, None)


def test_into_another_project_no_transition_has_to_lead() -> None:
    task = task_at("open")
    enter(task, "shipped", project_with(workflow=STRICT))
    assert task.closed_at == LATER


def test_what_is_changed_beside_the_status_closes_nothing() -> None:
    task = task_at("shipped", NOW)
    task.change(msgspec.structs.replace(task.content, title="Other"), project=project_with(), now=LATER)
    assert task.closed_at == NOW
