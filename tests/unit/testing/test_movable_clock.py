"""A clock that tests move: forward only."""

from datetime import UTC, datetime, timedelta

from taskhub.testing.control.clock import MovableClock

START = datetime(2026, 1, 1, tzinfo=UTC)


class Machine:
    def __init__(self) -> None:
        self.seconds = 0.0
        self.clock = MovableClock(lambda: START + timedelta(seconds=self.seconds), lambda: self.seconds)


def test_it_runs_with_the_machine_ahead_by_what_it_was_moved() -> None:
    machine = Machine()
    machine.clock.move_to(START + timedelta(days=1))
    machine.seconds += 5
    assert machine.clock() == START + timedelta(days=1, seconds=5)


def test_it_is_not_moved_back() -> None:
    machine = Machine()
    machine.clock.move_to(START - timedelta(days=1))
    assert machine.clock() == START


def test_what_caches_know_is_over_by_as_much_as_it_was_moved() -> None:
    machine = Machine()
    before = machine.clock.monotonic()
    machine.clock.move_to(START + timedelta(minutes=1))
    assert machine.clock.monotonic() - before == 60


def test_frozen_it_stands_still_and_the_stopwatch_of_caches_does_not() -> None:
    machine = Machine()
    machine.clock.freeze()
    before = machine.clock.monotonic()
    machine.seconds += 5
    assert (machine.clock(), machine.clock.seconds(), machine.clock.is_frozen) == (START, START.timestamp(), True)
    assert machine.clock.monotonic() - before == 5
    machine.clock.move_to(START + timedelta(hours=1))
    assert machine.clock() == START + timedelta(hours=1)


def test_it_goes_on_from_where_it_stands() -> None:
    machine = Machine()
    machine.clock.freeze()
    machine.seconds += 5
    machine.clock.resume()
    assert machine.clock() == START
    machine.seconds += 1
    assert machine.clock() == START + timedelta(seconds=1)


def test_reset_it_is_the_machines_and_caches_have_forgotten_all() -> None:
    machine = Machine()
    machine.clock.move_to(START + timedelta(days=1))
    machine.clock.freeze()
    before = machine.clock.monotonic()
    machine.clock.reset()
    assert (machine.clock(), machine.clock.is_frozen) == (START, False)
    assert machine.clock.monotonic() - before > 3600
