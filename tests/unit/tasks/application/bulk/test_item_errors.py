"""A refusal in a batch says where in the body it comes from."""

import pytest

from taskhub.kernel.domain.errors import DomainError, Fault, UnknownReference, ValidationFailed
from taskhub.tasks.application.bulk.item_errors import located_at
from taskhub.tasks.domain.errors import ProjectArchived


def located(error: DomainError, *places: str) -> list[tuple[str, str | None]]:
    """Where the faults of an error are told to be, the innermost place last."""
    with pytest.raises(type(error)) as refusal:
        raise_at(error, *places)
    assert refusal.value is error
    return [(fault.code, fault.pointer) for fault in error.faults]


def raise_at(error: DomainError, *places: str) -> None:
    if not places:
        raise error
    with located_at(places[0]):
        raise_at(error, *places[1:])


def test_a_fault_is_looked_for_below_its_item() -> None:
    assert located(UnknownReference(Fault("x", "?", pointer="/label_ids/1")), "/items/3") == [("x", "/items/3/label_ids/1")]


def test_each_fault_of_a_refusal_is_located() -> None:
    error = ValidationFailed(Fault("x", "?", pointer="/a"), Fault("y", "?", pointer="/b"))
    assert located(error, "/items/0") == [("x", "/items/0/a"), ("y", "/items/0/b")]


def test_a_refusal_without_faults_points_at_the_item_itself() -> None:
    error = ProjectArchived()
    assert located(error, "/items/7") == [("project_archived", "/items/7")]
    assert error.faults[0].message == error.detail


def test_a_fault_that_points_nowhere_points_at_the_item() -> None:
    assert located(ValidationFailed(Fault("x", "?")), "/items/7") == [("x", "/items/7")]


def test_places_within_places_add_up() -> None:
    assert located(ValidationFailed(Fault("x", "?", pointer="/status")), "/items/7", "/patch") == [("x", "/items/7/patch/status")]


def test_what_is_no_refusal_passes_as_it_is() -> None:
    with pytest.raises(KeyError), located_at("/items/7"):
        raise KeyError


def test_what_is_not_refused_is_left_alone() -> None:
    with located_at("/items/7"):
        pass
