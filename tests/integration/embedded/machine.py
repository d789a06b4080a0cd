"""What a test sees of an embedded server and of its clients, and does to them."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from support.harness.waiting import PROGRAM_SECONDS
from taskhub.embedded import Address, EmbeddedPostgres
from taskhub.embedded.commands import query
from taskhub.embedded.deadline import Deadline
from taskhub.embedded.layout import Layout
from taskhub.embedded.locks import is_held
from taskhub.embedded.postmaster import is_running
from taskhub.embedded.processes import ServerProcesses, send_signal, server_processes

SOURCES = Path(__file__).parents[3] / "src"
PATIENCE = 20.0

_CLIENT = """
import sys
from pathlib import Path
from taskhub.embedded import EmbeddedPostgres

with EmbeddedPostgres(Path(sys.argv[1]), durable=False, start_timeout=30).running() as address:
    print(address.host, flush=True)
    sys.stdin.read()
"""


@dataclass
class Client:
    """A process that uses the server until it is told to leave."""

    process: subprocess.Popen[str]

    @classmethod
    def of(cls, machine: Machine, before: str = "") -> Client:
        """``before``: code that it runs first."""
        return cls(
            subprocess.Popen(
                [sys.executable, "-c", f"{before}\n{_CLIENT}", str(machine.data_dir)],
                env={**os.environ, "PYTHONPATH": os.pathsep.join([str(SOURCES), *filter(None, sys.path)])},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )

    def wait_until_started(self) -> None:
        stdout = self.process.stdout
        assert stdout is not None
        # It says one line, or ends.
        assert select.select([stdout], [], [], PROGRAM_SECONDS)[0], "the client neither started the server nor ended"
        assert stdout.readline(), "the client could not start the server"

    def tell_to_leave(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.stdin = None

    def leave(self) -> int:
        self.process.communicate(timeout=PROGRAM_SECONDS)
        return self.process.returncode

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=PROGRAM_SECONDS)


@dataclass
class Machine:
    """What a test sees of the server in a data folder, and does to it."""

    data_dir: Path

    @property
    def layout(self) -> Layout:
        return Layout(self.data_dir / "postgres")

    def server(self, *, start_timeout: float = 30) -> EmbeddedPostgres:
        return EmbeddedPostgres(self.data_dir, durable=False, start_timeout=start_timeout)

    def processes(self) -> ServerProcesses:
        return server_processes(self.layout.marker)

    @property
    def postmaster(self) -> int:
        return int(self.layout.postmaster_pid.read_text().split()[0])

    def watchdogs(self) -> list[int]:
        return self.commands(f"taskhub.embedded.watchdog {self.layout.folder}")

    @staticmethod
    def commands(words: str) -> list[int]:
        command = ["ps", "-axww", "-o", "pid=,command="]
        listing = subprocess.run(command, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=True)
        rows = [row.split(maxsplit=1) for row in listing.stdout.splitlines()]
        return [int(pid) for pid, command in rows if words in command]

    @staticmethod
    def sql(address: Address, statement: str, *, database: str = "taskhub") -> str:
        done = query(statement, address=address, database=database, timeout=PROGRAM_SECONDS)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @staticmethod
    def eventually(condition: Callable[[], bool]) -> bool:
        return Deadline(PATIENCE).wait_until(condition)

    @staticmethod
    def kill(*pids: int) -> None:
        for pid in pids:
            send_signal(pid, signal.SIGKILL)

    def is_down(self) -> bool:
        return not is_running(self.layout)

    def is_forgotten(self) -> bool:
        return self.is_down() and not self.watchdogs() and not is_held(self.layout.clients_lock)
