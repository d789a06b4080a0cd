"""After a reload, however it went, as many workers serve as before, and all with the same settings."""

import errno
import os

import pytest
from structlog.testing import capture_logs

from taskhub.cli.server.workers.worker_process import State, Work, WorkerProcess

from .conftest import Fleet, first_work, next_work


@pytest.fixture
def serving(fleet: Fleet) -> Fleet:
    fleet.turn()
    fleet.serve()
    return fleet


def starting(fleet: Fleet) -> WorkerProcess:
    (worker,) = [one for one in fleet.workers if one.state is State.STARTING]
    return worker


def works(fleet: Fleet) -> list[Work]:
    """What those do that serve. There are no others."""
    assert {one.state for one in fleet.workers} == {State.SERVING}
    return [one.work for one in fleet.workers]


def leaving(fleet: Fleet) -> list[WorkerProcess]:
    return [one for one in fleet.workers if one.state is State.LEAVING]


def test_an_old_worker_leaves_when_a_new_one_serves(serving: Fleet) -> None:
    old = list(serving.workers)
    serving.reload()
    assert starting(serving).work is next_work
    assert leaving(serving) == []
    serving.serve()
    serving.turn()
    assert leaving(serving) == old[:1]
    assert len(serving.workers) == 3
    serving.settle()
    assert works(serving) == [next_work] * 2


def test_an_old_worker_that_dies_while_its_successor_starts_leaves_no_worker_too_many(serving: Fleet) -> None:
    serving.reload()
    serving.end(serving.workers[0])
    serving.settle()
    assert works(serving) == [next_work] * 2


def test_where_all_old_workers_die_while_a_successor_starts_the_new_ones_remain(serving: Fleet) -> None:
    serving.reload()
    for worker in serving.workers[:2]:
        serving.end(worker)
    serving.settle()
    assert works(serving) == [next_work] * 2


@pytest.mark.parametrize("renewed", [0, 1])
def test_where_a_new_worker_fails_all_go_back_to_the_settings_before(serving: Fleet, renewed: int) -> None:
    serving.reload()
    if renewed:
        serving.serve()
        serving.turn()
        serving.end(leaving(serving)[0], 0)
        serving.turn()
    with capture_logs() as logs:
        serving.end(starting(serving), 1)
        serving.settle()
    assert works(serving) == [first_work] * 2
    assert "given up" in logs[1]["event"]


def test_going_back_is_tried_until_it_succeeds(serving: Fleet) -> None:
    serving.reload()
    serving.serve()
    serving.turn()
    serving.end(leaving(serving)[0], 0)
    serving.turn()
    for _ in range(3):
        serving.end(starting(serving), 1)
        serving.turn(20)
    serving.settle()
    assert works(serving) == [first_work] * 2


def test_a_reload_goes_on_when_its_worker_can_be_forked(serving: Fleet) -> None:
    serving.fork_error = OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    serving.reload()
    serving.turn(1)
    assert works(serving) == [first_work] * 2
    serving.fork_error = None
    serving.settle()
    assert works(serving) == [next_work] * 2


@pytest.mark.parametrize("error", [ZeroDivisionError("a bug"), OSError(errno.EMFILE, os.strerror(errno.EMFILE))])
def test_settings_that_cannot_be_read_leave_the_workers_as_they_are(serving: Fleet, error: Exception) -> None:
    serving.error = error
    with capture_logs() as logs:
        serving.reload()
        serving.settle()
    assert works(serving) == [first_work] * 2
    (line,) = logs
    assert "can't be taken over" in line["event"]
    assert line["exc_info"] is isinstance(error, ZeroDivisionError)


def test_a_reload_that_is_wanted_during_another_follows_it(serving: Fleet) -> None:
    def third_work(*_: object) -> None:
        """After the second reload."""

    serving.reload()
    serving.work = third_work
    serving.reload()
    serving.settle()
    assert works(serving) == [third_work] * 2
