"""Who may keep a connection, as far as no wire is needed to tell."""

import asyncio
from dataclasses import dataclass, field

import pytest

from taskhub.cli.server.connections import ConnectionLimits, Connections


@dataclass(eq=False)
class FakeConnection:
    waiting_since: float | None = None
    idle_since: float | None = None
    is_receiving_head: bool = False
    fails: bool = False
    is_evicted: bool = False
    checked: asyncio.Event = field(default_factory=asyncio.Event)

    def check(self, now: float) -> None:
        self.checked.set()
        if self.fails:
            raise RuntimeError

    def end_with_answer(self) -> None:
        """Nothing is answered here."""

    def evict(self) -> None:
        self.is_evicted = True


def full(*connections: FakeConnection) -> Connections:
    table = Connections(ConnectionLimits(max_connections=len(connections)))
    assert all(table.admit(connection) for connection in connections)
    return table


@pytest.mark.parametrize("order", [(1.0, 2.0, 3.0), (3.0, 1.0, 2.0), (None, 1.0, 2.0)])
def test_who_has_waited_longest_makes_room(order: tuple[float | None, ...]) -> None:
    connections = [FakeConnection(since) for since in order]
    table = full(*connections)

    assert table.admit(FakeConnection())
    assert [one.waiting_since for one in connections if one.is_evicted] == [1.0]
    assert len(table) == 3


def test_of_many_some_make_room_at_once() -> None:
    table = full(*(FakeConnection(float(since)) for since in range(200)))

    assert table.admit(FakeConnection())
    assert len(table) == 200 - 4 + 1


def test_where_all_are_served_there_is_no_room() -> None:
    connections = [FakeConnection(), FakeConnection()]
    table = full(*connections)

    assert not table.admit(FakeConnection())
    assert not any(one.is_evicted for one in connections)


def test_a_place_that_was_left_is_free() -> None:
    connection = FakeConnection()
    table = full(connection)
    table.remove(connection)

    assert table.admit(FakeConnection())


async def test_of_those_that_are_idle_only_the_ones_that_were_for_long_are_closed() -> None:
    now = asyncio.get_running_loop().time()
    long_idle, just_idle, busy = FakeConnection(idle_since=now - 9), FakeConnection(idle_since=now), FakeConnection()
    assert full(long_idle, just_idle, busy).close_idle(5)
    assert [one.is_evicted for one in (long_idle, just_idle, busy)] == [True, False, False]
    assert not full(busy).close_idle(5)


async def test_a_connection_with_half_a_head_is_waited_for() -> None:
    half = FakeConnection(is_receiving_head=True)
    assert full(half).close_idle(0)
    assert not half.is_evicted


async def test_one_that_fails_keeps_no_other_from_being_checked() -> None:
    failing, sound = FakeConnection(fails=True), FakeConnection()
    table = Connections(ConnectionLimits(max_connections=2, head_seconds=0.01))
    table.admit(failing)
    table.admit(sound)

    async with asyncio.timeout(10), table.enforcing_timeouts():
        await failing.checked.wait()
        sound.checked.clear()
        await sound.checked.wait()
    assert len(table) == 1
