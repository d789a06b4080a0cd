"""When a delivery is tried again, and when its webhook is given up."""

from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest

from taskhub.webhooks.domain.delivery import DELAYS, MAX_RETRY_AFTER, PATIENCE, Outcome, held_until, is_given_up, next_try

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def answered(status: int | None, retry_after: timedelta | None = None) -> Outcome:
    return Outcome(status, None if status else "timeout", 5, "", retry_after)


def test_tries_come_after_the_times_that_are_promised() -> None:
    delays = [
        timedelta(seconds=5),
        timedelta(minutes=5),
        timedelta(minutes=30),
        *(timedelta(hours=h) for h in (2, 5, 10, 14, 20, 24)),
    ]
    assert [next_try(failures, answered(500), NOW) for failures in range(1, 10)] == [NOW + delay for delay in delays]
    assert next_try(10, answered(500), NOW) is None


@pytest.mark.parametrize(
    ("status", "is_success"), [(200, True), (204, True), (299, True), (199, False), (301, False), (410, False), (None, False)]
)
def test_success_is_an_answer_with_2xx(status: int | None, is_success: bool) -> None:
    assert answered(status).is_success is is_success


def test_who_is_gone_is_not_tried_again() -> None:
    assert next_try(1, answered(410), NOW) is None


def test_a_receiver_that_asks_for_more_time_gets_it_and_for_less_does_not() -> None:
    hour, second = timedelta(hours=1), timedelta(seconds=1)
    assert next_try(1, answered(429, hour), NOW) == NOW + hour
    assert next_try(1, answered(429, second), NOW) == NOW + DELAYS[0]
    assert (held_until(answered(429, hour), NOW), held_until(answered(429), NOW)) == (NOW + hour, None)
    forever = answered(503, timedelta(days=3650))
    assert next_try(1, forever, NOW) == held_until(forever, NOW) == NOW + MAX_RETRY_AFTER


def test_a_webhook_is_given_up_by_the_failures_of_one_event() -> None:
    """The last try of an event comes after the time for which a webhook may fail."""
    assert list(accumulate(DELAYS))[-2] < PATIENCE < list(accumulate(DELAYS))[-1]
    assert not is_given_up(NOW, NOW + PATIENCE - timedelta(seconds=1))
    assert is_given_up(NOW, NOW + PATIENCE)
