"""`make bench-workers`: what two workers make of two cores, beside one."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks import load
from benchmarks.database import fresh_database, postgres
from benchmarks.dataset import Size
from benchmarks.dataset import load as load_data
from benchmarks.load import Measure
from benchmarks.report import standard_error
from benchmarks.servers import Server, StartFailed, taskhub
from benchmarks.targets import Targets

SIZE = Size(workspaces=100, projects=1_000, tasks=20_000, users=2_500, memberships_per_user=10)
WORKERS = 2
CONNECTIONS = 64
OPERATIONS = ("get", "list", "create", "patch")
ROUNDS, SECONDS, WARM_UP = 12, 3, 2
"""In the first rounds connections are opened, statements prepared, and caches filled: they are not counted."""
HEAD = f"{'':10}{'requests/s: one':>18}{'two':>8}{'ratio':>16}   {'p99 ms: one':>12}{'two':>8}{'ratio':>16}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-workers", description=__doc__)
    parser.add_argument("operations", nargs="*", default=OPERATIONS, help="those to measure; all of them by default")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    missed = 0
    try:
        load.require_wrk()
        for operation, rounds in _measured(arguments.operations, arguments.rounds):
            reached = _reaches(rounds)
            missed += not reached
            say(f"{_line(operation, rounds)}   {'pass' if reached else 'FAIL'}")
    except (load.LoadFailed, StartFailed, ConnectionError) as error:
        say(f"FAILED: {error}")
        return 1
    return int(missed > 0)


Round = tuple[Measure, Measure]
"""What one and what several workers reached, one after the other."""


def _measured(operations: list[str], rounds: int) -> Iterator[tuple[str, list[Round]]]:
    with postgres() as server_url, fresh_database(server_url, "taskhub_bench") as url, ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        say(f"loading {SIZE} …")
        dataset = asyncio.run(load_data(url, SIZE))
        one = stack.enter_context(taskhub(url, folders[0]))
        several = stack.enter_context(taskhub(url, folders[1], TASKHUB_WORKERS=str(WORKERS)))
        targets, numbers = Targets(dataset, url, folders[0]), count(1)

        def measure(server: Server, operation: str) -> Measure:
            plan = asyncio.run(targets.plan(operation, server))
            return load.run(server, plan, connections=CONNECTIONS, seconds=SECONDS, number=next(numbers))

        say(f"{CONNECTIONS} connections, {rounds} rounds of {SECONDS} s, in turns\n{HEAD}")
        for operation in operations:
            done: list[Round] = []
            for turn in range(WARM_UP + rounds):
                servers = (one, several) if turn % 2 else (several, one)
                figures = {server.port: measure(server, operation) for server in servers}
                if turn >= WARM_UP:
                    done.append((figures[one.port], figures[several.port]))
            yield operation, done


def _ratios(rounds: list[Round], what: str) -> list[float]:
    return [getattr(several, what) / getattr(one, what) for one, several in rounds]


def _reaches(rounds: list[Round]) -> bool:
    """As many requests at least, and a lower p99."""
    return median(_ratios(rounds, "throughput")) >= 1 and median(_ratios(rounds, "p99")) < 1


def _line(operation: str, rounds: list[Round]) -> str:
    parts = [f"{operation:10}"]
    for what, width, digits in (("throughput", 18, 0), ("p99", 15, 1)):
        one, several = (median(getattr(pair[place], what) for pair in rounds) for place in range(2))
        ratios = _ratios(rounds, what)
        ratio = f"{median(ratios):.2f} ± {standard_error(ratios):.2f}"
        parts.append(f"{one:{width}.{digits}f}{several:8.{digits}f}{ratio:>16}")
    return "".join(parts)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
