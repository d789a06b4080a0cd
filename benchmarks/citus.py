"""`make bench-citus`: TaskHub on a Citus cluster beside TaskHub on a plain database of the cluster's coordinator, in turns.

`BENCH_CITUS_URL` is a database of the coordinator without tables, to which the nodes of the cluster were added. It stays filled.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks import load
from benchmarks.bench import FULL, QUICK, say
from benchmarks.database import fresh_database
from benchmarks.dataset import Size
from benchmarks.dataset import load as load_data
from benchmarks.load import Measure
from benchmarks.report import TARGET_CONNECTIONS
from benchmarks.servers import Server, StartFailed, taskhub
from benchmarks.targets import Targets

from taskhub.modules.discovery import installed_modules
from taskhub.schema.distribute import distribute
from taskhub.schema.migrate import migrate

URL = "BENCH_CITUS_URL"
TARGETS = {"get": 0.7, "create": 0.4, "patch": 0.4}
"""Operations, and what a cluster on the same machine is to reach of plain PostgreSQL: each statement takes one hop more."""
_SECONDS = 2
_PLAIN, _CITUS = "plain", "citus"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-citus", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less data and three rounds")
    quick = parser.parse_args().quick
    size, rounds = (QUICK.size, 3) if quick else (FULL.size, 15)
    server_url = os.environ.get(URL)
    if server_url is None:
        parser.error(f"set {URL}")
    try:
        load.require_wrk()
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            urls = {
                _PLAIN: stack.enter_context(fresh_database(server_url, "taskhub_bench")),
                _CITUS: _distributed(server_url),
            }
            say(f"loading {size} into both …")
            sides = [stack.enter_context(_side(name, url, folder, size)) for name, url in urls.items()]
            ratios = {operation: asyncio.run(_ratio(operation, sides, rounds)) for operation in TARGETS}
    except (load.LoadFailed, StartFailed) as error:
        say(f"FAILED: {error}")
        return 1
    say("\n".join(f"{name:10}{ratio:6.2f} of plain PostgreSQL, {TARGETS[name]:.2f} wanted" for name, ratio in ratios.items()))
    return 0 if quick or all(ratio >= TARGETS[name] for name, ratio in ratios.items()) else 1


def _distributed(url: str) -> str:
    """The URL of a database that is like the plain one, and distributed."""
    asyncio.run(migrate(url, installed_modules().revisions))
    asyncio.run(distribute(url, installed_modules().rows, is_check=False))
    return url


class _Side:
    """One of both: a database with its data, and a service on it."""

    def __init__(self, name: str, server: Server, targets: Targets) -> None:
        self.name = name
        self._server = server
        self._targets = targets
        self._numbers = count(1)

    async def measure(self, operation: str) -> Measure:
        plan = await self._targets.plan(operation, self._server)
        number = next(self._numbers)
        return load.run(self._server, plan, connections=TARGET_CONNECTIONS, seconds=_SECONDS, number=number)


@contextmanager
def _side(name: str, url: str, folder: Path, size: Size) -> Iterator[_Side]:
    dataset = asyncio.run(load_data(url, size))
    own = folder / name
    own.mkdir()
    with taskhub(url, own) as server:
        yield _Side(name, server, Targets(dataset, url, own))


async def _ratio(operation: str, sides: list[_Side], rounds: int) -> float:
    """The median of all rounds: within one the machine hardly changes."""
    for side in sides:
        await side.measure(operation)  # Warms it up.
    ratios = []
    for turn in range(rounds):
        measured = {side.name: await side.measure(operation) for side in (sides if turn % 2 else reversed(sides))}
        ratios.append(measured[_CITUS].throughput / measured[_PLAIN].throughput)
    say(f"{operation}: {', '.join(f'{ratio:.2f}' for ratio in ratios)}")
    return median(ratios)


if __name__ == "__main__":
    sys.exit(main())
