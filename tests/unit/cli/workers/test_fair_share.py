"""Connections to one socket are divided evenly among those that listen on it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from support.harness.waiting import PATIENCE_SECONDS, eventually
from taskhub.cli.server.connections import ConnectionLimits, Connections
from taskhub.cli.server.workers import fair_share
from taskhub.cli.server.workers.fair_share import ConnectionCounts, FairShare

BURST = 40


class Greeting(asyncio.Protocol):
    """Says who took the connection."""

    def __init__(self, name: str, open: Connections) -> None:
        self.name = name
        self.open = open

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.open.admit(cast("Any", self))
        transport.write(self.name.encode())

    def eof_received(self) -> None:
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.open.remove(cast("Any", self))


@dataclass
class Place:
    """Where two listen, named a and b."""

    listener: socket.socket
    open: dict[str, Connections] = field(default_factory=dict)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @asynccontextmanager
    async def listening(self, name: str, share: FairShare) -> AsyncIterator[None]:
        open = self.open[name] = Connections(ConnectionLimits(max_connections=1000))
        async with share.accepting(self.listener.dup(), lambda: Greeting(name, open), open):
            yield

    async def connect(self) -> str:
        """Who takes the connection, which stays."""
        reader, writer = await asyncio.open_connection(*self.listener.getsockname())
        self.writers.append(writer)
        return (await reader.read(1)).decode()

    async def disconnect(self) -> None:
        for writer in self.writers:
            writer.close()

        async def all_have_noticed() -> bool:
            return not any(len(open) for open in self.open.values())

        await eventually(all_have_noticed)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    with socket.create_server(("127.0.0.1", 0), backlog=BURST) as listener:
        place = Place(listener)
        yield place
        await place.disconnect()


async def test_a_burst_is_divided_evenly(place: Place) -> None:
    counts = ConnectionCounts(2)
    async with AsyncExitStack() as stack:
        for name in "ab":
            await stack.enter_async_context(place.listening(name, FairShare(counts, counts.take_place())))
        taken = await asyncio.gather(*(place.connect() for _ in range(BURST)))
        assert abs(taken.count("a") - taken.count("b")) <= 4


async def test_who_has_fewer_takes_the_next_ones(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        fair_share, "PATIENCE_SECONDS", 30.0
    )  # On a busy machine, the other may need more than some milliseconds.
    counts = ConnectionCounts(2)
    one, other = (FairShare(counts, counts.take_place()) for _ in range(2))
    async with place.listening("a", one):
        assert [await place.connect() for _ in range(5)] == ["a"] * 5
        async with place.listening("b", other):
            assert [await place.connect() for _ in range(5)] == ["b"] * 5


async def test_one_that_hangs_keeps_nobody_waiting(place: Place) -> None:
    counts = ConnectionCounts(2)
    share, hanging = FairShare(counts, counts.take_place()), counts.take_place()
    counts.set(hanging, 0)
    async with place.listening("a", share):
        assert [await place.connect() for _ in range(5)] == ["a"] * 5


async def test_one_that_has_left_is_not_counted_any_more(place: Place) -> None:
    counts = ConnectionCounts(2)
    share, gone = counts.take_place(), counts.take_place()
    async with place.listening("a", FairShare(counts, gone)):
        await place.connect()
    counts.set(share, 1000)
    assert counts.has_fewest(share)
    counts.free(gone)
    assert counts.take_place() == gone


async def test_connections_that_have_ended_are_not_counted(place: Place) -> None:
    counts = ConnectionCounts(2)
    share, other = counts.take_place(), counts.take_place()
    counts.set(other, 0)
    async with place.listening("a", FairShare(counts, share)):
        await place.connect()
        assert not counts.has_fewest(share)
        await place.disconnect()
        assert counts.has_fewest(share)


async def test_what_was_accepted_last_is_open_when_accepting_has_ended_and_not_counted_any_more(place: Place) -> None:
    counts = ConnectionCounts(2)
    share, other = counts.take_place(), counts.take_place()
    counts.set(other, 1000)
    with socket.create_connection(place.listener.getsockname(), timeout=PATIENCE_SECONDS):
        async with place.listening("a", FairShare(counts, share)):
            for _ in range(2):  # In the second turn of the event loop it has accepted, but not yet opened.
                await asyncio.sleep(0)
        assert len(place.open["a"]) == 1
        await asyncio.sleep(0)
        assert counts.has_fewest(other)
