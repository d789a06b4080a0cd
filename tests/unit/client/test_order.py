"""Things are brought into an order with as few moves as there can be."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskhub.client.transfer.order import moves


def moved(present: list[str], steps: list[tuple[str, dict[str, Any]]]) -> list[str]:
    for id, place in steps:
        present = [one for one in present if one != id]
        present.insert(present.index(place["after"]) + 1 if "after" in place else 0, id)
    return present


@given(st.permutations([*"abcdefgh"]), st.permutations([*"abcdefgh"]))
def test_the_moves_lead_to_the_order(present: list[str], wanted: list[str]) -> None:
    assert moved(present, moves(present, wanted)) == wanted


@pytest.mark.parametrize(
    ("present", "wanted", "count"),
    [("abcd", "abcd", 0), ("abcd", "dabc", 1), ("abcd", "bcda", 1), ("abcd", "dcba", 3), ("", "", 0)],
)
def test_there_is_none_too_many(present: str, wanted: str, count: int) -> None:
    assert len(moves([*present], [*wanted])) == count
