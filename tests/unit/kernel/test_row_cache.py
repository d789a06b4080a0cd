"""Which rows are remembered, and for how long."""

from typing import Any

from support.fakes.clocks import FakeMonotonicClock
from taskhub.kernel.infrastructure.cache.row_cache import MAX_CHARACTERS, TTL_SECONDS, RowCache
from taskhub.tasks.infrastructure.mappings import PROJECTS

KEY = ("w", "p")


class Row(tuple[Any, ...]):
    """As the driver's records are: values by position, and by name."""

    __slots__ = ()

    def get(self, name: str) -> Any:
        assert name == "deleted_at"
        return self[-1]


def cache_of(*row: Any, deleted_at: object = None, stopwatch: FakeMonotonicClock | None = None) -> RowCache:
    cache = RowCache(PROJECTS, stopwatch or FakeMonotonicClock())
    cache.put(KEY, Row((*row, deleted_at)))
    return cache


def test_a_row_is_remembered_under_its_key() -> None:
    cache = cache_of("OPS", 7)
    assert cache.get(KEY) == ("OPS", 7, None)
    assert cache.get(("other", "p")) is None


def test_a_row_that_was_forgotten_is_gone() -> None:
    cache = cache_of("OPS")
    cache.invalidate(KEY)
    assert cache.get(KEY) is None


def test_a_row_in_the_trash_is_not_remembered() -> None:
    assert cache_of("OPS", deleted_at="yesterday").get(KEY) is None


def test_a_row_that_is_not_found_any_more_is_forgotten() -> None:
    cache = cache_of("OPS")
    cache.put(KEY, None)
    assert cache.get(KEY) is None


def test_what_was_mended_by_hand_shows_within_a_minute() -> None:
    stopwatch = FakeMonotonicClock()
    cache = cache_of("OPS", stopwatch=stopwatch)
    stopwatch.seconds += TTL_SECONDS
    assert cache.get(KEY) is None


def test_a_long_row_is_not_remembered() -> None:
    assert cache_of("x" * MAX_CHARACTERS).get(KEY)
    assert cache_of("x" * MAX_CHARACTERS, "y").get(KEY) is None
