"""The programs that are measured: one process each, started alike."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.database import plain

SECRET = "a secret key for benchmarks, 32 characters or more"
START_SECONDS = 30
_TICK = os.sysconf("SC_CLK_TCK")
_UVICORN = (
    *("--loop", "uvloop", "--http", "httptools", "--lifespan", "on", "--log-level", "warning"),
    *("--no-access-log", "--no-proxy-headers", "--no-server-header"),
)


class StartFailed(Exception):
    """A server did not come up; the message ends with what it said."""


@dataclass(frozen=True, slots=True)
class Server:
    """``name``: taskhub, floor or floor_one."""

    name: str
    pid: int
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """What all threads of the process have used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK


@contextmanager
def all_servers(database_url: str, folder: Path) -> Iterator[list[Server]]:
    """TaskHub and both floors, on one database. ``folder`` takes their output: TaskHub's log is written, as in production."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(taskhub(database_url, folder)),
            stack.enter_context(_floor("floor", "steps", database_url, folder)),
            stack.enter_context(_floor("floor_one", "single", database_url, folder)),
        ]


@contextmanager
def taskhub(database_url: str, folder: Path, **settings: str) -> Iterator[Server]:
    """The service as it is delivered, but for the throttle. ``settings``: further variables of its environment."""
    port = free_port()
    environment = {
        "TASKHUB_DATABASE_URL": database_url,
        "TASKHUB_SECRET_KEY": SECRET,
        "TASKHUB_PORT": str(port),
        "TASKHUB_RATE_LIMITS": "off",
        **settings,
    }
    # Started in an empty folder: a developer's `.env` is not measured.
    with _running("taskhub", port, [sys.executable, "-m", "taskhub", "serve"], environment, folder, folder) as server:
        yield server


@contextmanager
def _floor(name: str, factory: str, database_url: str, folder: Path) -> Iterator[Server]:
    port = free_port()
    environment = {"FLOOR_DATABASE_URL": plain(database_url), "FLOOR_SECRET_KEY": SECRET}
    command = [sys.executable, "-m", "uvicorn", f"benchmarks.floor.app:{factory}", "--factory", "--port", str(port), *_UVICORN]
    with _running(name, port, command, environment, folder, Path(__file__).parents[1]) as server:
        yield server


@contextmanager
def _running(
    name: str, port: int, command: list[str], environment: dict[str, str], folder: Path, working_folder: Path
) -> Iterator[Server]:
    output = folder / f"{name}.log"
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("TASKHUB_")}
    with output.open("wb") as stream:
        process = subprocess.Popen(
            command, env=inherited | environment, cwd=working_folder, stdout=stream, stderr=subprocess.STDOUT
        )
        try:
            _await_answer(process, port, output)
            yield Server(name, process.pid, port)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _await_answer(process: "subprocess.Popen[bytes]", port: int, output: Path) -> None:
    """Any HTTP answer will do: the floors have no health check."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5).close()
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise StartFailed(f"{process.args!r} did not start:\n{output.read_text(errors='replace')[-2000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
