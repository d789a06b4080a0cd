"""A refusal in a batch says where in the body it comes from."""

from taskhub.kernel.domain.errors import DomainError, Fault, UnknownReference, ValidationFailed
from taskhub.tasks.application.bulk.item_errors import locate
from taskhub.tasks.contract.errors import ProjectArchived


def located(error: DomainError, *places: str) -> list[tuple[str, str | None]]:
    """Where the faults of an error are told to be, the innermost place last."""
    for place in reversed(places):
        assert locate(error, place) is error
    return [(fault.code, fault.pointer) for fault in error.faults]


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
