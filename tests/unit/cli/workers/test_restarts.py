"""When a worker that ended is replaced, and when there is no hope."""

from taskhub.cli.server.workers.restarts import MAX_FAILED_STARTS, MAX_PAUSE_SECONDS, SHORT_LIFE_SECONDS, Restarts

LONG = SHORT_LIFE_SECONDS + 1


def test_one_that_lived_for_a_while_is_replaced_at_once() -> None:
    restarts = Restarts()
    restarts.serves()
    restarts.ended(has_served=True, began=0, now=LONG)
    assert restarts.not_before <= LONG
    assert not restarts.have_failed


def test_pauses_grow_up_to_a_limit_and_begin_anew_after_a_long_life() -> None:
    restarts = Restarts()
    restarts.serves()
    pauses = []
    for _ in range(10):
        restarts.ended(has_served=True, began=100, now=101)
        pauses.append(restarts.not_before - 101)
    assert pauses[0] > 0
    assert pauses == sorted(pauses)
    assert pauses[-1] == MAX_PAUSE_SECONDS
    restarts.ended(has_served=True, began=200, now=200 + LONG)
    assert restarts.not_before <= 200 + LONG
    restarts.ended(has_served=True, began=300, now=301)
    assert restarts.not_before - 301 == pauses[0]


def test_a_first_start_that_fails_leaves_no_hope() -> None:
    restarts = Restarts()
    restarts.ended(has_served=False, began=0, now=1)
    assert restarts.have_failed


def test_later_it_takes_several_failures_in_a_row() -> None:
    restarts = Restarts()
    restarts.serves()
    for _ in range(MAX_FAILED_STARTS - 1):
        restarts.ended(has_served=False, began=0, now=1)
    assert not restarts.have_failed
    restarts.serves()
    for _ in range(MAX_FAILED_STARTS):
        assert not restarts.have_failed
        restarts.ended(has_served=False, began=0, now=1)
    assert restarts.have_failed
