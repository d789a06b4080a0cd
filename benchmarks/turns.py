"""`python -m benchmarks.turns OTHER_CHECKOUT get patch`: whether this checkout is faster or slower than another one.

Both are loaded and started, each with its own database and its own floors, and take turns round by round: the machine's speed
drifts too much for two runs of `make bench` to be compared.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO, cast

from benchmarks.bench import OPERATIONS, say
from benchmarks.load import Measure
from benchmarks.report import SERVICE, TARGET_CONNECTIONS, Cell

_HERE = Path(__file__).resolve().parents[1]
_ROUNDS = 40


class _Side:
    """A checkout that waits for its turns."""

    def __init__(self, name: str, operation: str, requests: TextIO, answers: TextIO) -> None:
        self.name = name
        self.cell = Cell(TARGET_CONNECTIONS, operation, [])
        self._requests, self._answers = requests, answers

    def measure(self, turn: int) -> None:
        self._requests.write(f"{turn}\n")
        self._requests.flush()
        self.cell.rounds.append({name: Measure(**figures) for name, figures in json.loads(self._answers.readline()).items()})

    def line(self) -> str:
        error, cpu = self.cell.error() or 0.0, self.cell.median(SERVICE, "cpu")
        return f"{self.cell.operation:14}{self.name:8}{self.cell.ratio():6.2f} ± {error:.2f}{cpu:9.0f} µs"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.turns", description=__doc__)
    parser.add_argument("other", type=Path, help="a checkout of another revision; it runs on this one's installed packages")
    parser.add_argument("operations", nargs="+", choices=OPERATIONS)
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    arguments = parser.parse_args()
    for operation in arguments.operations:
        say(f"{operation}: loading both …")
        with ExitStack() as stack:
            checkouts = {"other": arguments.other.resolve(), "this": _HERE}
            sides = [stack.enter_context(_serving(name, checkout, operation)) for name, checkout in checkouts.items()]
            for turn in range(arguments.rounds):
                for side in sides if turn % 2 else reversed(sides):
                    side.measure(turn)
            say("\n".join([f"{'':22}to the floor      CPU", *(side.line() for side in sides)]))


@contextmanager
def _serving(name: str, checkout: Path, operation: str) -> Iterator[_Side]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(checkout / "src"), str(checkout)])}
    command = [sys.executable, str(_HERE / "benchmarks" / "side.py"), operation, str(TARGET_CONNECTIONS)]
    with subprocess.Popen(
        command,
        cwd=checkout,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        requests, answers = cast("TextIO", process.stdin), cast("TextIO", process.stdout)
        if not answers.readline():
            sys.exit(f"{checkout} can't be measured: run `make bench ARGS=--quick` there to see why.")
        yield _Side(name, operation, requests, answers)
        requests.close()


if __name__ == "__main__":
    main()
