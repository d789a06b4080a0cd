"""Several processes and one embedded server."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from integration.embedded.machine import Client, Machine
from taskhub.embedded import EmbeddedPostgresError


def test_eight_processes_start_at_once_on_an_empty_folder(machine: Machine, client: Callable[[Machine], Client]) -> None:
    clients = [client(machine) for _ in range(8)]
    for one in clients:
        one.wait_until_started()
    postmaster = machine.postmaster
    assert machine.processes().postmasters == (postmaster,)
    assert len(machine.watchdogs()) == 1

    assert [one.leave() for one in clients] == [0] * 8
    assert machine.is_down()


def test_the_last_one_to_leave_stops_it(used: Machine, client: Callable[[Machine], Client]) -> None:
    first, second = used.server(), client(used)
    first.start()
    second.wait_until_started()
    postmaster = used.postmaster

    first.release()
    assert used.postmaster == postmaster
    assert not used.is_down()

    second.leave()
    assert used.is_down()


def test_an_adopted_server_is_the_same_one(used: Machine, client: Callable[[Machine], Client]) -> None:
    client(used).wait_until_started()
    started = used.postmaster
    with used.server().running() as address:
        assert used.postmaster == started
        assert used.sql(address, "SELECT answer FROM kept") == "42"


def test_many_come_and_go_at_once(used: Machine, client: Callable[[Machine], Client]) -> None:
    clients = [client(used) for _ in range(6)]
    for one in clients:
        one.tell_to_leave()

    assert [one.leave() for one in clients] == [0] * 6
    assert used.is_down()


def test_the_server_survives_a_killed_client_and_ends_after_the_last(used: Machine, client: Callable[[Machine], Client]) -> None:
    first, second = client(used), client(used)
    first.wait_until_started()
    second.wait_until_started()

    first.kill()
    with used.server().running() as address:
        assert used.sql(address, "SELECT 1") == "1"
    assert not used.is_down()

    second.kill()
    assert used.eventually(used.is_forgotten)
    with used.server().running() as address:
        assert used.sql(address, "SELECT answer FROM kept") == "42"


def test_alone_is_refused_while_others_use_it(used: Machine, client: Callable[[Machine], Client]) -> None:
    other = client(used)
    other.wait_until_started()
    with pytest.raises(EmbeddedPostgresError, match="Other processes use PostgreSQL"):
        used.server().start(exclusive=True)
    other.leave()

    with used.server().running(exclusive=True) as address:
        assert used.sql(address, "SELECT 1") == "1"


def test_others_wait_while_one_has_it_alone(used: Machine, client: Callable[[Machine], Client]) -> None:
    with used.server().running(exclusive=True):
        with pytest.raises(EmbeddedPostgresError, match="stopped or restored by another process"):
            used.server(start_timeout=0.1).start()
        late = client(used)
    late.wait_until_started()
    assert late.leave() == 0
