"""A workflow by itself: what it may be made of, and where it lets tasks go."""

import pytest

from factories.tasks import workflow_of
from taskhub.kernel.domain.errors import ValidationFailed
from taskhub.tasks.domain.errors import IllegalTransition
from taskhub.tasks.domain.workflow import CLOSED, STANDARD, Status, Workflow

CATEGORIES = ("todo", "in_progress", "done", "cancelled")


def pointers(refusal: pytest.ExceptionInfo[ValidationFailed]) -> list[str | None]:
    return [fault.pointer for fault in refusal.value.faults]


def test_new_projects_have_one_status_for_each_category() -> None:
    assert [(status.key, status.category) for status in STANDARD.statuses] == [(key, key) for key in CATEGORIES]
    assert STANDARD.transitions is None


def test_two_categories_are_closed() -> None:
    assert {"done", "cancelled"} == CLOSED


def test_the_first_status_is_that_of_new_tasks() -> None:
    assert workflow_of("triage:todo", "todo", "done").first == "triage"


def test_a_status_stands_there_once() -> None:
    with pytest.raises(ValidationFailed) as refusal:
        Workflow.define((Status("a", "A", "todo"), Status("b", "B", "todo"), Status("a", "A", "done")), None)
    assert pointers(refusal) == ["/statuses/2/key"]
    assert refusal.value.faults[0].code == "repeated"


@pytest.mark.parametrize("other", ["Open", "oPEN", "Op\u200ben", "\uff2fpen"])
def test_a_name_stands_there_once_however_it_is_written(other: str) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        Workflow.define((Status("a", "Open", "todo"), Status("b", other, "todo"), Status("c", "Closed", "done")), None)
    assert pointers(refusal) == ["/statuses/1/name"]
    assert refusal.value.faults[0].code == "repeated"


def test_names_that_differ_in_a_mark_are_two() -> None:
    statuses = (Status("a", "Offen", "todo"), Status("b", "Öffen", "todo"))
    assert Workflow.define(statuses, None).statuses == statuses


@pytest.mark.parametrize("category", ["done", "cancelled"])
def test_no_task_begins_closed(category: str) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        Workflow.define((Status("a", "Over", category), Status("b", "Open", "todo")), None)
    assert pointers(refusal) == ["/statuses/0/category"]
    assert refusal.value.faults[0].code == "closed_first"


def test_transitions_are_between_statuses_that_are_there() -> None:
    statuses = (Status("todo", "To do", "todo"), Status("done", "Done", "done"))
    with pytest.raises(ValidationFailed) as refusal:
        Workflow.define(statuses, {"todo": ("done", "gone"), "never": ("todo",)})
    assert pointers(refusal) == ["/transitions/todo/1", "/transitions/never"]
    assert {fault.code for fault in refusal.value.faults} == {"unknown_status"}


def test_a_transition_stands_there_once() -> None:
    workflow = workflow_of("todo", "done", transitions={"todo": ("done", "todo", "done")})
    assert workflow.transitions == {"todo": ("done", "todo")}


def test_a_status_knows_its_category() -> None:
    assert workflow_of("review:in_progress", "shipped:done").category_of("shipped") == "done"


def test_a_status_that_is_not_there_has_no_category() -> None:
    with pytest.raises(ValidationFailed) as refusal:
        workflow_of("todo", "shipped:done").category_of("done")
    assert pointers(refusal) == ["/status"]
    assert "todo, shipped" in refusal.value.faults[0].message


def test_without_transitions_any_status_follows_any() -> None:
    for origin in CATEGORIES:
        for target in CATEGORIES:
            STANDARD.check_transition(origin, target)


def test_with_transitions_a_task_goes_where_they_lead() -> None:
    workflow = workflow_of("todo", "in_progress", "done", transitions={"todo": ("in_progress",), "in_progress": ("todo", "done")})
    workflow.check_transition("in_progress", "done")
    with pytest.raises(IllegalTransition) as refusal:
        workflow.check_transition("todo", "done")
    assert refusal.value.extra == {"allowed": ["in_progress"]}


@pytest.mark.parametrize("transitions", [{}, {"todo": ()}, {"done": ("todo",)}])
def test_a_status_that_leads_nowhere_is_left_by_no_task(transitions: dict[str, tuple[str, ...]]) -> None:
    workflow = workflow_of("todo", "done", transitions=transitions)
    with pytest.raises(IllegalTransition) as refusal:
        workflow.check_transition("todo", "done")
    assert refusal.value.extra == {"allowed": []}
    assert "to no other status" in refusal.value.detail


@pytest.mark.parametrize("transitions", [None, {}, {"todo": ("done",)}])
def test_staying_at_a_status_is_always_allowed(transitions: dict[str, tuple[str, ...]] | None) -> None:
    workflow_of("todo", "done", transitions=transitions).check_transition("todo", "todo")


def test_staying_is_not_told_as_a_way_to_go() -> None:
    workflow = workflow_of("todo", "in_progress", "done", transitions={"todo": ("todo", "in_progress")})
    with pytest.raises(IllegalTransition) as refusal:
        workflow.check_transition("todo", "done")
    assert refusal.value.extra == {"allowed": ["in_progress"]}


@pytest.mark.parametrize("transitions", [None, {}, {"todo": ("done",)}])
def test_a_status_that_is_not_there_is_unknown_and_not_forbidden(transitions: dict[str, tuple[str, ...]] | None) -> None:
    with pytest.raises(ValidationFailed):
        workflow_of("todo", "done", transitions=transitions).check_transition("todo", "gone")


def test_where_a_task_was_need_not_be_there_any_more() -> None:
    workflow_of("todo", "done").check_transition("gone", "done")
