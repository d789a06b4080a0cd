"""`make bench`: TaskHub beside two floors, on one database, in turns."""

import argparse
import asyncio
import sys
import tempfile
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from uuid import UUID

from benchmarks import load, report
from benchmarks.agreement import Conversation, Disagreement
from benchmarks.batches import Comparison, compare
from benchmarks.database import fresh_database, postgres, server_version
from benchmarks.dataset import Dataset, Size
from benchmarks.dataset import load as load_data
from benchmarks.servers import Server, StartFailed, all_servers
from benchmarks.targets import MAX_CONNECTIONS, Targets

RESULT = Path(__file__).with_name("latest.json")
OPERATIONS = (
    *("get", "list", "create", "patch", "create_single", "cold_get", "cold_list"),
    *("list_filtered", "move", "comment", "bulk_update", "bulk_create"),
)
_SECONDS = 1
_LONGER_SECONDS = {"bulk_update": 5, "bulk_create": 2}
"""A batch takes many times as long as a single command: a second would see few, or none on a slow machine."""
_MAX_CONNECTIONS = {"bulk_update": 16, "bulk_create": 16}
"""More would measure the queue: a request waits two seconds for one of the 20 connections to the database, and gets 503."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How often each server has its turn: ``rounds``, by number of connections, or ``rounds_to_target`` where there is one."""

    size: Size
    rounds: dict[int, int]
    rounds_to_target: int


# More sessions than TaskHub remembers: a cold get finds nothing that it knows.
FULL = Effort(Size(workspaces=100, projects=1_000, tasks=100_000, users=2_500, memberships_per_user=10), {1: 3, 16: 6, 64: 3}, 15)
QUICK = Effort(Size(workspaces=100, projects=1_000, tasks=20_000, users=2_500, memberships_per_user=10), {16: 1}, 1)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less data and one round at 16 connections, in a minute and a half")
    effort = QUICK if parser.parse_args().quick else FULL
    try:
        load.require_wrk()
        cells, batches = _measure(effort)
    except (load.LoadFailed, Disagreement, StartFailed) as error:
        say(f"FAILED: {error}")
        return 1
    report.write_json(cells, RESULT, {"batch": batches.as_json()})
    say(report.table(cells))
    say(f"\n{batches.in_words()}")
    say(f"\nwritten to {RESULT.relative_to(Path.cwd()) if RESULT.is_relative_to(Path.cwd()) else RESULT}")
    return 1 if effort is FULL and (batches.is_missed or any(cell.is_missed for cell in cells)) else 0


def _measure(effort: Effort) -> tuple[list[report.Cell], Comparison]:
    with postgres() as server_url, fresh_database(server_url, "taskhub_bench") as url, tempfile.TemporaryDirectory() as folder:
        say(report.machine(server_version(url)))
        say(f"loading {effort.size} …")
        dataset = asyncio.run(load_data(url, effort.size))
        with all_servers(url, Path(folder)) as servers:
            bench = _Bench(url, dataset, servers, Path(folder))
            cells = asyncio.run(bench.run(effort))
            say("measuring batches …")
            return cells, compare(servers[0], dataset, bench.token)


class _Bench:
    def __init__(self, database_url: str, dataset: Dataset, servers: list[Server], folder: Path) -> None:
        self.servers = servers
        self.targets = Targets(dataset, database_url, folder)
        token = self.targets.token(next(iter(dataset.seats.values()))[0])
        self.conversation = Conversation(database_url, dataset, token)
        self.numbers = count(1)
        self._dataset = dataset

    def token(self, workspace_id: UUID) -> str:
        """Of the owner of a workspace."""
        return self.targets.token(self._dataset.seats[workspace_id][0])

    async def run(self, effort: Effort) -> list[report.Cell]:
        say("checking that the floors answer and write what TaskHub does …")
        await self.conversation.agree(self.servers)
        say("warming up …")
        for operation in OPERATIONS:
            await self._round(operation, _MAX_CONNECTIONS.get(operation, MAX_CONNECTIONS), 0)
        cells = []
        for connections, times in effort.rounds.items():
            say(f"measuring at {connections} connections …")
            cells += await self._cells(connections, times, effort.rounds_to_target)
        return cells

    async def _cells(self, connections: int, times: int, times_to_target: int) -> list[report.Cell]:
        operations = [one for one in OPERATIONS if connections <= _MAX_CONNECTIONS.get(one, MAX_CONNECTIONS)]
        cells = [report.Cell(connections, operation, []) for operation in operations]
        for turn in range(max(times, times_to_target)):
            for cell in cells:
                if turn < (times if cell.target is None else times_to_target):
                    cell.rounds.append(await self._round(cell.operation, connections, turn))
        return cells

    async def _round(self, operation: str, connections: int, turn: int) -> dict[str, load.Measure]:
        """One run of each server, another one first each time."""
        start = turn % len(self.servers)
        measures = {}
        for server in self.servers[start:] + self.servers[:start]:
            plan = await self.targets.plan(operation, server)
            seconds = _LONGER_SECONDS.get(operation, _SECONDS)
            measure = load.run(server, plan, connections=connections, seconds=seconds, number=next(self.numbers))
            self.targets.asked(operation, server, measure.requests)
            measures[server.name] = measure
        return measures


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
