"""`python -m benchmarks.start [OTHER_CHECKOUT]`: what a start costs, and how soon the service is ready.

With another checkout both take turns, each with its own `.venv`: the machine's speed drifts too much for two runs to be compared.
A figure is the least of all rounds, since whatever else the machine does only adds to it.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.servers import START_SECONDS, Server, StartFailed, free_port

from taskhub.embedded.layout import Layout
from taskhub.embedded.placement import known_folder
from taskhub.embedded.processes import send_signal, server_processes

_HERE = Path(__file__).resolve().parents[1]
_ROUNDS = 7
_IDLE_SECONDS = 1.0
_PAUSE_SECONDS = 0.005
_IMPORT = (
    "import gc, os; gc.disable()\n"
    "try:\n"
    "    from taskhub.cli.server.libraries import import_structlog; import_structlog()\n"
    "except ImportError: pass  # The other checkout may have none.\n"
    "from taskhub.cli.server.run import import_application; import_application()\n"
    "os._exit(0)"  # The end of an interpreter frees what was imported: a quarter of the seconds, and no part of a start.
)
_LINES = {
    "import": ("import of the application, CPU", "s"),
    "help": ("taskhub --help, CPU", "s"),
    "ready": ("ready on existing data", "s"),
    "ready cpu": ("  CPU of the process by then", "s"),
    "killed": ("ready after kill -9 of everything", "s"),
    "killed cpu": ("  CPU of the process by then", "s"),
    "memory": ("memory of an idle process", "MB"),
}
"""What is said of each figure, and its unit."""


@dataclass(slots=True)
class Side:
    """A checkout with a data folder of its own. ``least``: the figures, by their names."""

    checkout: Path
    data: Path
    least: dict[str, float] = field(default_factory=dict)

    @property
    def program(self) -> list[str]:
        return [str(self.checkout / ".venv" / "bin" / "python"), "-m", "taskhub"]

    def measure(self) -> None:
        self._note("import", _cpu_seconds([self.program[0], "-c", _IMPORT]))
        self._note("help", _cpu_seconds([*self.program, "--help"]))
        with self._started("ready") as server:
            time.sleep(_IDLE_SECONDS)
            self._note("memory", _resident_megabytes(server.pid))
            _kill_everything(server.pid, self.data)
        with self._started("killed"):
            pass

    @contextmanager
    def _started(self, name: str) -> Iterator[Server]:
        """The service until the end of the block, where it may be killed already."""
        port = free_port()
        began = time.perf_counter()
        process = subprocess.Popen(
            [*self.program, "serve"],
            env={**os.environ, "TASKHUB_DATA_DIR": str(self.data), "TASKHUB_PORT": str(port)},
            cwd=self.data,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            server = Server(name, process.pid, port)
            _await_ready(process, server)
            self._note(name, time.perf_counter() - began)
            self._note(f"{name} cpu", server.cpu_seconds())
            yield server
        finally:
            process.terminate()
            process.wait(timeout=START_SECONDS)

    def _note(self, name: str, figure: float) -> None:
        self.least[name] = min(figure, self.least.get(name, figure))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start", description=__doc__)
    parser.add_argument("other", type=Path, nargs="?", help="a checkout of another revision, with a .venv of its own")
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    arguments = parser.parse_args()
    checkouts = [_HERE, *([arguments.other.resolve()] if arguments.other else [])]
    with ExitStack() as stack:
        sides = [Side(checkout, stack.enter_context(_data_folder())) for checkout in checkouts]
        for side in sides:
            _first_start(side)
        for turn in range(arguments.rounds):
            for side in sides if turn % 2 else reversed(sides):
                side.measure()
    sys.stdout.write("\n".join(_report([side.least for side in sides])) + "\n")


def _report(sides: list[Mapping[str, float]]) -> Iterator[str]:
    yield f"{'':36}" + "".join(f"{name:>12}" for name in ("this", "other", "ratio")[: 2 * len(sides) - 1])
    for name, (title, unit) in _LINES.items():
        figures = [side[name] for side in sides]
        shown = "".join(f"{figure:9.2f} {unit:2}" for figure in figures)
        yield f"{title:36}{shown}" + (f"{figures[0] / figures[1]:12.2f}" if len(figures) > 1 else "")


def _first_start(side: Side) -> None:
    """Makes the data."""
    with side._started("first"):
        pass


@contextmanager
def _data_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="taskhub-start-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # The account that runs PostgreSQL for root reaches it.
        yield Path(folder)


def _cpu_seconds(command: list[str]) -> float:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise StartFailed(f"{command!r} failed.")
    return usage.ru_utime + usage.ru_stime


def _await_ready(process: "subprocess.Popen[bytes]", server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{server.url}/health/ready", timeout=START_SECONDS).close()
        except OSError:
            time.sleep(_PAUSE_SECONDS)
        else:
            return
    raise StartFailed(f"{process.args!r} did not start.")


def _resident_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _kill_everything(pid: int, data: Path) -> None:
    """The service, PostgreSQL and its watchdog, which would shut PostgreSQL down."""
    folder = known_folder(data)
    assert folder is not None
    found = server_processes(Layout(folder).marker)
    for one in (pid, *_watchdogs(folder), *found.postmasters, *found.children):
        send_signal(one, signal.SIGKILL)


def _watchdogs(folder: Path) -> Iterator[int]:
    wanted = f"taskhub.embedded.watchdog\0{folder}\0".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cmdline").read_bytes().endswith(wanted):
                yield int(process.name)


if __name__ == "__main__":
    main()
