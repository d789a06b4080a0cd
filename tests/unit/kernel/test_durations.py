"""Durations are counted in buckets, each of which includes its bound."""

from taskhub.kernel.application.durations import BOUNDS, Durations


def test_what_takes_as_long_as_a_bound_is_in_its_bucket() -> None:
    durations = Durations()
    for seconds in (0.0, BOUNDS[0], BOUNDS[0] + 0.0001, BOUNDS[-1], BOUNDS[-1] + 1):
        durations.add(seconds)

    assert durations.counts == [2, 1, *[0] * (len(BOUNDS) - 3), 1, 1]
    assert durations.seconds == 0.0 + BOUNDS[0] + BOUNDS[0] + 0.0001 + BOUNDS[-1] + BOUNDS[-1] + 1
