"""Ranks, against the published vectors of fractional indexing and against the library that they come from."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import fractional_indexing
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.harness.properties import deterministic
from taskhub.tasks.domain.rank import DIGITS, MAX_LENGTH, MAX_REBALANCED_LENGTH, at_end, between, spread

SMALLEST = "A" + "0" * 26
LARGEST = "z" * 27

VECTORS = [
    (None, None, "a0"),
    (None, "a0", "Zz"),
    (None, "Zz", "Zy"),
    ("a0", None, "a1"),
    ("a1", None, "a2"),
    ("a0", "a1", "a0V"),
    ("a1", "a2", "a1V"),
    ("a0V", "a1", "a0l"),
    ("Zz", "a0", "ZzV"),
    ("Zz", "a1", "a0"),
    (None, "Y00", "Xzzz"),
    ("bzz", None, "c000"),
    ("a0", "a0V", "a0G"),
    ("a0", "a0G", "a08"),
    ("b125", "b129", "b127"),
    ("a0", "a1V", "a1"),
    ("Zz", "a01", "a0"),
    (None, "a0V", "a0"),
    (None, "b999", "b99"),
    (None, "A000000000000000000000000001", "A000000000000000000000000000V"),
    ("zzzzzzzzzzzzzzzzzzzzzzzzzzy", None, "zzzzzzzzzzzzzzzzzzzzzzzzzzz"),
    ("zzzzzzzzzzzzzzzzzzzzzzzzzzz", None, "zzzzzzzzzzzzzzzzzzzzzzzzzzzV"),
]
REFUSED = [
    (None, SMALLEST),
    (SMALLEST, None),
    ("a00", None),
    ("a00", "a1"),
    ("0", "1"),
    ("", None),
    ("b1", None),
    ("a1", "a0"),
    ("a1", "a1"),
]


@pytest.mark.parametrize(("low", "high", "rank"), VECTORS)
def test_a_rank_between_two_is_the_published_one(low: str | None, high: str | None, rank: str) -> None:
    assert between(low, high) == rank


@pytest.mark.parametrize(("low", "high"), REFUSED)
def test_what_is_no_rank_or_not_in_order_has_none_between(low: str | None, high: str | None) -> None:
    with pytest.raises(ValueError):
        between(low, high)


@pytest.mark.parametrize(
    ("low", "high", "ranks"), [(None, "a0", ["Zx", "Zy", "Zz"]), ("a1", "a2", ["a1G", "a1V", "a1l"]), ("a1", "a2", [])]
)
def test_several_ranks_between_two_are_the_published_ones(low: str | None, high: str, ranks: list[str]) -> None:
    assert spread(low, high, len(ranks)) == ranks


def as_published(low: str | None, high: str | None) -> str:
    rank: str = fractional_indexing.generate_key_between(low, high)
    return rank


def outcome(make: Callable[..., Any], *arguments: object) -> object:
    """What comes of it; any refusal is as good as another, save for an accident."""
    try:
        return make(*arguments)
    except (ValueError, fractional_indexing.FIError):
        return "refused"


EDGES = [
    None,
    "a0",
    "Zz",
    "b00",
    "Z0",
    "Y00",
    "Yzz",
    "az",
    "zz",
    at_end(1),
    SMALLEST,
    SMALLEST + "1",
    LARGEST,
    LARGEST[:-1] + "y",
]


@pytest.mark.parametrize("low", EDGES)
def test_the_edges_of_all_integers_are_as_published(low: str | None) -> None:
    for high in EDGES:
        assert outcome(between, low, high) == outcome(as_published, low, high), (low, high)


@deterministic
@given(st.lists(st.floats(0, 1), max_size=60), st.integers(0, 40))
def test_any_sequence_of_insertions_is_as_published(positions: list[float], count: int) -> None:
    line: list[str] = []
    for position in positions:
        index = round(position * len(line))
        low, high = line[index - 1] if index else None, line[index] if index < len(line) else None
        rank = between(low, high)
        assert rank == as_published(low, high)
        line.insert(index, rank)
    assert line == sorted(set(line))
    for low, high in [(None, line[0]), *pairwise(line)] if line else []:
        assert spread(low, high, count) == fractional_indexing.generate_n_keys_between(low, high, count)


@deterministic
@given(st.lists(st.booleans(), max_size=200))
def test_a_gap_that_is_halved_again_and_again_has_always_room(turns: list[bool]) -> None:
    low, high = at_end(1), at_end(2)
    for goes_up in turns:
        rank = between(low, high)
        assert low < rank < high
        assert rank == as_published(low, high)
        low, high = (rank, high) if goes_up else (low, rank)


@deterministic
@given(st.integers(1, 10**9 - 1))
def test_places_at_the_end_are_ranks(place: int) -> None:
    fractional_indexing.validate_order_key(at_end(place))
    assert at_end(place) < at_end(place + 1) or place == 10**9 - 1


def test_a_place_at_the_end_is_what_postgresql_writes() -> None:
    assert [at_end(1), at_end(42), at_end(999_999_999)] == ["i000000001", "i000000042", "i999999999"]


@pytest.mark.parametrize("count", [1, 2, 100, 500, 10_000])
def test_ranks_that_are_spread_stay_short(count: int) -> None:
    ranks = spread(at_end(1), at_end(2), count)
    assert ranks == sorted(set(ranks))
    assert len(ranks) == count
    assert max(map(len, ranks)) <= 14


@pytest.mark.parametrize("turn", [0, -1])
def test_a_gap_takes_a_hundred_moves_from_where_room_was_made(turn: int) -> None:
    low, high = at_end(1) + "0" * (MAX_REBALANCED_LENGTH - 11) + "1", at_end(1) + "0" * (MAX_REBALANCED_LENGTH - 11) + "2"
    for _ in range(100):
        rank = between(low, high)
        assert len(rank) <= MAX_LENGTH
        low, high = (rank, high) if turn else (low, rank)


def test_digits_are_in_the_order_of_bytes() -> None:
    assert sorted(DIGITS) == list(DIGITS)
    assert fractional_indexing.BASE_62_DIGITS == DIGITS
