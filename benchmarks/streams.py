"""`make bench-streams`: what a thousand streams cost the others, and how soon a change is on a stream."""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from typing import Self
from uuid import UUID

from benchmarks import load
from benchmarks.agreement import Disagreement
from benchmarks.database import fresh_database, postgres
from benchmarks.dataset import Dataset, Size
from benchmarks.dataset import load as load_data
from benchmarks.event_streams import EventStream, Reader, open_streams
from benchmarks.exchanges import Client
from benchmarks.report import standard_error
from benchmarks.servers import Server, StartFailed, taskhub
from benchmarks.targets import Targets, path

SIZE = Size(workspaces=100, projects=1_000, tasks=20_000, users=2_500, memberships_per_user=10)
STREAMS, STREAMS_PER_USER = 1_000, 40
"""Below the limit of a user."""
MAX_CONNECTIONS = "2000"
"""A thousand is all that a process takes by default."""
CONNECTIONS = 16
OPERATIONS = ("create", "patch", "get")
ROUNDS, SECONDS = 12, 2
LEAST_SHARE = 0.9
MOST_KILOBYTES = 30.0
WRITES_PER_SECOND, WRITING_SECONDS, WRITERS = 500, 20, 16
TURNS = WRITING_SECONDS * WRITES_PER_SECOND // WRITERS
WARM_UP_TURNS = TURNS // 10
DELAY_ROUNDS = 3
"""The speed of a machine changes by the minute, and the tail with it."""
MOST_MILLISECONDS = {"the same process": 50.0, "another process": 500.0}


@dataclass(frozen=True, slots=True)
class Line:
    """A figure, and what it may be."""

    name: str
    value: str
    target: str
    passes: bool

    @classmethod
    def at_most(cls, name: str, value: float, most: float, unit: str) -> Self:
        return cls(name, f"{value:.1f} {unit}", f"≤ {most:.0f} {unit}", value <= most)

    def __str__(self) -> str:
        return f"{self.name:58}{self.value:>18}   {self.target:16}{'pass' if self.passes else 'FAIL'}"


def main() -> int:
    argparse.ArgumentParser(prog="make bench-streams", description=__doc__).parse_args()
    lines = []
    try:
        load.require_wrk()
        for line in _measured():
            lines.append(line)
            say(str(line))
    except (load.LoadFailed, Disagreement, StartFailed, ConnectionError) as error:
        say(f"FAILED: {error}")
        return 1
    passed = sum(line.passes for line in lines)
    say(f"\n{passed} of {len(lines)} pass")
    return int(passed < len(lines))


def _measured() -> Iterator[Line]:
    with postgres() as server_url, fresh_database(server_url, "taskhub_bench") as url, ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        say(f"loading {SIZE} …")
        dataset = asyncio.run(load_data(url, SIZE))
        one, other = (stack.enter_context(taskhub(url, folder, TASKHUB_MAX_CONNECTIONS=MAX_CONNECTIONS)) for folder in folders)
        bench = _Bench(dataset, Targets(dataset, url, folders[0]), one, other)
        # In this order: what thousands of writes a second leave to PostgreSQL goes on for minutes.
        yield from asyncio.run(bench.delays())
        yield from asyncio.run(bench.cost())


class _Bench:
    def __init__(self, dataset: Dataset, targets: Targets, one: Server, other: Server) -> None:
        self._dataset = dataset
        self._targets = targets
        self._one = one
        self._other = other
        self._numbers = count(1)

    async def cost(self) -> list[Line]:
        """Throughput beside streams of workspaces where nothing happens, in turns with a process that has none."""
        say(f"measuring without and with {STREAMS} streams …")
        readers = self._idle_readers()
        for operation in OPERATIONS:
            for server in (self._one, self._other):
                await self._throughput(server, operation)
        before = _resident_kilobytes(self._one)
        async with open_streams(self._one, readers):
            kilobytes = (_resident_kilobytes(self._one) - before) / STREAMS
            lines = [Line.at_most("memory of an idle stream", kilobytes, MOST_KILOBYTES, "kB")]
            shares = {operation: [await self._share(operation, turn) for turn in range(ROUNDS)] for operation in OPERATIONS}
        for operation, values in shares.items():
            share, error = median(values), standard_error(values)
            name = f"{operation} beside {STREAMS} streams, throughput to that without"
            lines.append(Line(name, f"{share:.2f} ± {error:.2f}", f"≥ {LEAST_SHARE}", share + error >= LEAST_SHARE))
        return lines

    def _idle_readers(self) -> list[Reader]:
        """In new workspaces, one for each user."""
        of_users = {seats[0].user_id: seats[0] for seats in self._dataset.seats.values()}
        owners = list(of_users.values())[: STREAMS // STREAMS_PER_USER]
        assert len(owners) * STREAMS_PER_USER == STREAMS, "the data has fewer users than streams want"
        readers = []
        for owner in owners:
            token = self._targets.token(owner)
            made = Client(token).send(self._one, "POST", "/v1/workspaces", {"name": "Quiet"})
            readers += [Reader(f"/v1/workspaces/{made.body['id']}", token)] * STREAMS_PER_USER
        return readers

    async def _share(self, operation: str, turn: int) -> float:
        servers = (self._one, self._other) if turn % 2 else (self._other, self._one)
        measured = {server.port: await self._throughput(server, operation) for server in servers}
        return measured[self._one.port] / measured[self._other.port]

    async def _throughput(self, server: Server, operation: str) -> float:
        plan = await self._targets.plan(operation, server)
        seconds = load.run(server, plan, connections=CONNECTIONS, seconds=SECONDS, number=next(self._numbers))
        return seconds.throughput

    async def delays(self) -> list[Line]:
        """From the answer to a command until its change has arrived, for commands all over the workspaces."""
        say(f"measuring delays under {WRITES_PER_SECOND} writes a second …")
        places = [
            (workspace_id, self._targets.token(seats[0]), self._dataset.projects[workspace_id][0])
            for workspace_id, seats in list(self._dataset.seats.items())[:WRITERS]
        ]
        readers = [Reader(path(workspace_id).removesuffix("/tasks"), token) for workspace_id, token, _ in places]
        tails: dict[str, list[float]] = {name: [] for name in MOST_MILLISECONDS}
        for turns in (WARM_UP_TURNS, *[TURNS] * DELAY_ROUNDS):
            async with open_streams(self._one, readers) as near, open_streams(self._other, readers) as far:
                moments = await _moments(self._one, places, {"the same process": near, "another process": far}, turns)
            if turns == TURNS:
                say(f"  from a command to its answer: {_median_and_p99(_delays(moments, 'sent', 'answered'))}")
                for name, of_process in tails.items():
                    delays = _delays(moments, "answered", name)
                    say(f"  to a stream of {name}: {_median_and_p99(_delays(moments, 'sent', name))}")
                    say(f"    from the answer: {_median_and_p99(delays)}, of {len(delays)} changes")
                    of_process.append(quantiles(delays, n=100)[98])
        return [
            Line.at_most(f"a change is on a stream of {name}, p99", median(tails[name]), most, "ms")
            for name, most in MOST_MILLISECONDS.items()
        ]


Place = tuple[UUID, str, UUID]


def _median_and_p99(milliseconds: list[float]) -> str:
    percentiles = quantiles(milliseconds, n=100)
    return f"median {percentiles[49]:.1f} ms, p99 {percentiles[98]:.1f} ms"


Moments = dict[str, dict[str, float]]
"""When commands were sent and answered, and when their changes arrived at each process' streams: by the id of the request."""


def _delays(moments: Moments, since: str, until: str) -> list[float]:
    """In milliseconds."""
    return [(moment - moments[since][id]) * 1000 for id, moment in moments[until].items()]


async def _moments(server: Server, places: list[Place], streams: dict[str, list[EventStream]], turns: int) -> Moments:
    arrived: Moments = {name: {} for name in streams}
    moments: Moments = {"sent": {}, "answered": {}, **arrived}
    everything = asyncio.Event()

    async def listen(name: str, stream: EventStream) -> None:
        async for moment, change in stream.changes():
            arrived[name][str(change["request_id"])] = moment
            if all(len(one) == WRITERS * turns for one in arrived.values()):
                everything.set()

    listeners = [asyncio.create_task(listen(name, stream)) for name, some in streams.items() for stream in some]
    await asyncio.gather(*(_write(server, place, number, turns, moments) for number, place in enumerate(places)))
    with suppress(TimeoutError):
        await asyncio.wait_for(everything.wait(), 10)
    for listener in listeners:
        listener.cancel()
    sent = len(moments["sent"])
    missed = {name: sent - len(one) for name, one in arrived.items() if len(one) != sent}
    if missed:
        raise Disagreement(f"of {sent} changes so many did not arrive: {missed}")
    return moments


async def _write(server: Server, place: Place, number: int, turns: int, moments: Moments) -> None:
    """Creates tasks at this writer's share of the rate, by the clock: a slow answer is followed by several at once."""
    workspace_id, token, project_id = place
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    begin, pause = time.perf_counter() + number / WRITES_PER_SECOND, WRITERS / WRITES_PER_SECOND
    for turn in range(turns):
        await asyncio.sleep(max(0.0, begin + turn * pause - time.perf_counter()))
        id, body = f"bench-{number}-{turn}", json.dumps({"project_id": str(project_id), "title": f"Streamed {turn}"})
        moments["sent"][id] = time.perf_counter()
        writer.write(
            f"POST {path(workspace_id)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nX-Request-Id: {id}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
        moments["answered"][id] = time.perf_counter()
        if not head.startswith(b"HTTP/1.1 201"):
            raise load.LoadFailed(head.decode())
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
    writer.close()


def _resident_kilobytes(server: Server) -> float:
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return float(line.split()[1])


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
