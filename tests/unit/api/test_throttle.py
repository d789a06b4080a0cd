"""Writes that count as several: those of a batch."""

from uuid import uuid4

import pytest

from taskhub.kernel.api.throttle import RateLimited, RateLimits, Throttle
from taskhub.kernel.application.sliding_windows import SlidingWindows

LIMIT = 10
USER = uuid4()


@pytest.fixture
def throttle() -> Throttle:
    limits = RateLimits(writes_per_user=LIMIT, attempts_per_account=1, attempts_per_address=1)
    return Throttle(limits, SlidingWindows(), b"secret")


@pytest.mark.parametrize("operations", [LIMIT, LIMIT + 1, 100])
def test_a_batch_of_more_than_a_minute_allows_counts_as_the_whole_minute(throttle: Throttle, operations: int) -> None:
    throttle.admit(USER, writes=True)
    assert dict(throttle.admit_more(USER, operations - 1))[b"ratelimit"].startswith(b'"writes";r=0;')
    with pytest.raises(RateLimited):
        throttle.admit(USER, writes=True)


def test_such_a_batch_waits_until_the_minute_is_all_its_own(throttle: Throttle) -> None:
    throttle.admit(USER, writes=True)
    throttle.admit(USER, writes=True)
    with pytest.raises(RateLimited):
        throttle.admit_more(USER, 99)
