"""Which rows are remembered, and for how long."""

from typing import Any

from support.fakes.clocks import FakeMonotonicClock
from taskhub.kernel.infrastructure.recollection import MOST_CHARACTERS, SECONDS, Recollection


def recollection_of(row: tuple[Any, ...], stopwatch: FakeMonotonicClock | None = None) -> Recollection:
    recollection = Recollection(stopwatch or FakeMonotonicClock())
    recollection.remember("projects", ("w", "p"), row)
    return recollection


def test_a_row_is_remembered_under_its_table_and_key() -> None:
    recollection = recollection_of(("OPS", 7))
    assert recollection.recall("projects", ("w", "p")) == ("OPS", 7)
    assert recollection.recall("tasks", ("w", "p")) is None
    assert recollection.recall("projects", ("other", "p")) is None


def test_a_row_that_was_forgotten_is_not_recalled() -> None:
    recollection = recollection_of(("OPS",))
    recollection.forget("projects", ("w", "p"))
    assert recollection.recall("projects", ("w", "p")) is None


def test_what_was_mended_by_hand_shows_within_a_minute() -> None:
    stopwatch = FakeMonotonicClock()
    recollection = recollection_of(("OPS",), stopwatch)
    stopwatch.seconds += SECONDS
    assert recollection.recall("projects", ("w", "p")) is None


def test_a_long_row_is_not_remembered() -> None:
    assert recollection_of(("x" * MOST_CHARACTERS, None)).recall("projects", ("w", "p"))
    assert recollection_of(("x" * MOST_CHARACTERS, "y")).recall("projects", ("w", "p")) is None
