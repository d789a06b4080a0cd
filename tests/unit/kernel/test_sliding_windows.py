"""Counting in a moving window: what is admitted, when there is room again, and what others told."""

from hypothesis import example, given
from hypothesis import strategies as st

from support.fakes.clocks import FakeMonotonicClock
from taskhub.kernel.application.sliding_windows import BUCKET_SECONDS, WINDOW_SECONDS, SlidingWindows

KEY, OTHER = b"k" * 16, b"o" * 16

PAUSES = st.lists(
    st.one_of(st.sampled_from([0.0, 0.4, 0.9, 1.0, 59.0, 59.3, 60.0]), st.floats(0, 3), st.floats(0, 90)), max_size=60
)


def admitted(pauses: list[float], limit: int) -> list[float]:
    """When hits were admitted that came with these pauses between them."""
    watch = FakeMonotonicClock()
    windows, times = SlidingWindows(watch), []
    for pause in pauses:
        watch.seconds += pause
        if windows.hit(KEY, limit):
            times.append(watch.seconds)
    return times


@example([0.0, 0.9, 59.1, 0.0], 2)  # The first hit of a bucket is old, the last is not.
@given(PAUSES, st.integers(1, 4))
def test_no_minute_wherever_it_begins_has_more_than_the_limit(pauses: list[float], limit: int) -> None:
    times = admitted(pauses, limit)
    for begin in times:
        assert sum(begin <= at < begin + WINDOW_SECONDS for at in times) <= limit


@given(PAUSES, st.integers(1, 12))
def test_a_hit_is_refused_only_where_a_minute_and_a_moment_have_had_enough(pauses: list[float], limit: int) -> None:
    watch = FakeMonotonicClock()
    windows, times = SlidingWindows(watch), list[float]()
    for pause in pauses:
        watch.seconds += pause
        if windows.hit(KEY, limit):
            times.append(watch.seconds)
        else:
            assert sum(at > watch.seconds - WINDOW_SECONDS - BUCKET_SECONDS for at in times) >= limit


@given(PAUSES, st.integers(1, 12))
@example([1.0132883178911336, 1.0, 59.0], 1)  # Sixty seconds but for a rounding.
def test_after_as_many_seconds_as_it_says_there_is_room_again(pauses: list[float], limit: int) -> None:
    watch = FakeMonotonicClock()
    windows = SlidingWindows(watch)
    for pause in pauses:
        watch.seconds += pause
        windows.hit(KEY, limit)
    remaining, seconds = windows.left(KEY, limit)
    assert 0 <= remaining <= limit
    assert 0 < seconds <= WINDOW_SECONDS
    watch.seconds += seconds
    # Adding and taking away rounds: the millionth part of a second more is not asked for by anybody.
    watch.seconds += 1e-6
    assert windows.left(KEY, limit)[0] > 0
    assert windows.hit(KEY, limit)


TOLD = st.lists(st.tuples(st.floats(0, 20), st.integers(1, 5), st.floats(0, 59)), max_size=40)


@given(TOLD, st.integers(1, 200))
def test_what_others_told_counts_from_when_it_happened(told: list[tuple[float, int, float]], limit: int) -> None:
    watch = FakeMonotonicClock()
    windows, happened = SlidingWindows(watch), list[tuple[float, int]]()
    for pause, count, seconds_ago in told:
        watch.seconds += pause
        windows.add(KEY, count, seconds_ago=seconds_ago)
        happened.append((watch.seconds - seconds_ago, count))
    remaining, _ = windows.left(KEY, limit)
    at_least = sum(count for at, count in happened if at > watch.seconds - WINDOW_SECONDS)
    at_most = sum(count for at, count in happened if at > watch.seconds - WINDOW_SECONDS - BUCKET_SECONDS)
    assert max(0, limit - at_most) <= remaining <= max(0, limit - at_least)


def test_a_burst_at_the_edge_of_a_minute_does_not_double() -> None:
    watch = FakeMonotonicClock()
    windows = SlidingWindows(watch)
    watch.seconds = 119.9
    assert sum(windows.hit(KEY, 20) for _ in range(30)) == 20
    watch.seconds = 120.1
    assert sum(windows.hit(KEY, 20) for _ in range(30)) == 0


def test_what_is_refused_does_not_count() -> None:
    watch = FakeMonotonicClock()
    windows = SlidingWindows(watch)
    assert windows.hit(KEY, 1)
    for _ in range(59):
        watch.seconds += 1
        assert not windows.hit(KEY, 1)
    watch.seconds += 1
    assert windows.hit(KEY, 1)


def test_a_key_that_nothing_is_known_of_has_all_its_room() -> None:
    assert SlidingWindows(FakeMonotonicClock()).left(KEY, 7) == (7, WINDOW_SECONDS)


def test_keys_are_counted_apart() -> None:
    windows = SlidingWindows(FakeMonotonicClock())
    assert windows.hit(KEY, 1)
    assert windows.hit(OTHER, 1)
    assert not windows.hit(KEY, 1)


def test_each_hit_is_told_once_and_what_was_heard_never() -> None:
    windows = SlidingWindows(FakeMonotonicClock())
    windows.hit(KEY, 2)
    windows.hit(KEY, 2)
    windows.hit(KEY, 2)
    windows.add(OTHER, 5, seconds_ago=1)
    assert windows.has_pending_hits
    assert windows.take_pending_hits() == {KEY: 2}
    assert not windows.has_pending_hits


def test_keys_that_are_over_take_no_memory() -> None:
    watch = FakeMonotonicClock()
    windows = SlidingWindows(watch)
    for number in range(1000):
        windows.hit(b"%016d" % number, 5)
        watch.seconds += 0.01
    watch.seconds += WINDOW_SECONDS - 5
    windows.drop_expired()
    assert 450 <= len(windows) <= 550
    watch.seconds += 10
    windows.drop_expired()
    assert len(windows) == 0


def test_a_busy_key_takes_little_memory() -> None:
    watch = FakeMonotonicClock()
    windows = SlidingWindows(watch)
    for _ in range(12_000):
        windows.hit(KEY, 100_000)
        watch.seconds += 0.01
    assert len(windows._windows[KEY].buckets) <= WINDOW_SECONDS / BUCKET_SECONDS + 1
