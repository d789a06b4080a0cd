"""One workflow takes the place of another: what goes, what stays, and where the tasks go."""

import pytest

from factories.tasks import LATER, NOW, ProjectFactory, workflow_of
from taskhub.kernel.domain.errors import ValidationFailed
from taskhub.tasks.domain.errors import ProjectArchived, StatusInUse
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.workflow import STANDARD, Workflow

NOWHERE: frozenset[str] = frozenset()
FORMER = workflow_of("todo", "review:in_progress", "done")


def follow(project: Project, workflow: Workflow, *in_use: str, **moves: str) -> dict[str, str]:
    return project.set_workflow(workflow, moves=moves, in_use=frozenset(in_use), now=LATER)


def test_a_status_that_no_task_has_goes_freely() -> None:
    assert workflow_of("todo", "done").check_replaces(FORMER, {}, frozenset({"todo", "done"})) == {}


def test_a_status_that_tasks_have_goes_only_with_a_map() -> None:
    with pytest.raises(StatusInUse) as refusal:
        workflow_of("new:todo", "done").check_replaces(FORMER, {}, frozenset({"todo", "review", "done"}))
    assert refusal.value.extra == {"statuses": ["todo", "review"]}


def test_only_what_the_map_leaves_out_is_in_the_way() -> None:
    with pytest.raises(StatusInUse) as refusal:
        workflow_of("new:todo", "done").check_replaces(FORMER, {"todo": "done"}, frozenset({"todo", "review"}))
    assert refusal.value.extra == {"statuses": ["review"]}


def test_the_tasks_of_a_status_that_goes_are_moved() -> None:
    moves = {"review": "todo"}
    assert workflow_of("todo", "done").check_replaces(FORMER, moves, frozenset({"todo", "review"})) == moves


def test_only_moves_that_are_needed_are_made() -> None:
    moves = {"review": "todo", "never": "todo"}
    assert workflow_of("todo", "done").check_replaces(FORMER, moves, frozenset({"todo"})) == {}


def test_tasks_may_go_to_a_status_that_is_new_and_of_another_category() -> None:
    moves = {"review": "shipped"}
    assert workflow_of("todo", "shipped:done").check_replaces(FORMER, moves, frozenset({"review"})) == moves


def test_tasks_go_only_to_a_status_that_will_be_there() -> None:
    with pytest.raises(ValidationFailed) as refusal:
        workflow_of("todo").check_replaces(FORMER, {"review": "done"}, frozenset({"review"}))
    assert [(fault.code, fault.pointer) for fault in refusal.value.faults] == [("unknown_status", "/status_map/review")]


def test_a_wrong_map_is_refused_even_where_no_task_would_follow_it() -> None:
    with pytest.raises(ValidationFailed):
        workflow_of("todo").check_replaces(FORMER, {"review": "done"}, NOWHERE)


def test_the_tasks_of_a_status_that_stays_are_not_moved() -> None:
    with pytest.raises(ValidationFailed) as refusal:
        workflow_of("todo", "done").check_replaces(FORMER, {"todo": "done"}, frozenset({"todo"}))
    assert [(fault.code, fault.pointer) for fault in refusal.value.faults] == [("status_stays", "/status_map/todo")]


def test_the_category_of_a_status_never_changes() -> None:
    with pytest.raises(ValidationFailed) as refusal:
        workflow_of("todo", "review:done").check_replaces(FORMER, {}, NOWHERE)
    assert [(fault.code, fault.pointer) for fault in refusal.value.faults] == [("category_fixed", "/statuses/1/category")]


def test_names_and_the_order_of_statuses_do_change() -> None:
    assert workflow_of("review:in_progress", "done", "todo").check_replaces(FORMER, {}, frozenset({"todo", "done"})) == {}


def test_a_repeated_change_finds_its_work_done() -> None:
    project, moves = ProjectFactory(workflow=FORMER), {"review": "todo"}
    assert follow(project, workflow_of("todo", "done"), "review", **moves) == moves
    assert follow(project, workflow_of("todo", "done"), "todo", **moves) == {}


def test_a_project_follows_its_new_workflow() -> None:
    project, workflow = ProjectFactory(workflow=FORMER), workflow_of("todo", "done")
    follow(project, workflow)
    assert (project.workflow, project.event, project.updated_at) == (workflow, "project.workflow_changed", LATER)


def test_the_same_workflow_again_leaves_no_trace() -> None:
    project = ProjectFactory(workflow=FORMER)
    follow(project, workflow_of("todo", "review:in_progress", "done"), "todo")
    assert (project.event, project.updated_at) == (None, NOW)


def test_transitions_alone_are_a_change() -> None:
    project = ProjectFactory()
    follow(project, Workflow(STANDARD.statuses, {}))
    assert project.event == "project.workflow_changed"


def test_what_is_refused_changes_nothing() -> None:
    project = ProjectFactory(workflow=FORMER)
    with pytest.raises(StatusInUse):
        follow(project, workflow_of("todo"), "done")
    assert (project.workflow, project.event) == (FORMER, None)


def test_an_archived_project_may_change_as_long_as_its_tasks_stay() -> None:
    project = ProjectFactory(workflow=FORMER, archived_at=NOW)
    follow(project, workflow_of("todo", "done"), "todo")
    assert project.event == "project.workflow_changed"


def test_the_tasks_of_an_archived_project_stay_where_they_are() -> None:
    project = ProjectFactory(workflow=FORMER, archived_at=NOW)
    with pytest.raises(ProjectArchived):
        follow(project, workflow_of("todo", "done"), "review", review="todo")
    assert project.workflow == FORMER


def test_what_is_left_of_a_purged_project_tells_nothing_of_its_workflow() -> None:
    project = ProjectFactory(workflow=FORMER, deleted_at=NOW)
    project.purge(LATER)
    assert project.workflow == STANDARD
