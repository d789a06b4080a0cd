"""TaskHub as its users run it: processes of their own, on a free port and a folder that is thrown away."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx2

from support.harness.waiting import PATIENCE_SECONDS, PROGRAM_SECONDS

PASSWORD = "correct horse battery staple"
TASKHUB = (sys.executable, "-m", "taskhub")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Served:
    """A service, from its start to the end of the block that it is used in. ``url`` is where it is reached."""

    def __init__(self, process: subprocess.Popen[bytes], url: str, log: Path, since: int) -> None:
        """``since``: where this process' part of the log begins."""
        self.process = process
        self.url = url
        self._log = log
        self._since = since
        self.reconnect()

    def reconnect(self) -> None:
        """A client with connections of its own, that nobody has signed in with."""
        self.client = httpx2.Client(base_url=self.url, trust_env=False, timeout=PATIENCE_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        if self.process.poll() is None:
            self.end()

    @property
    def log(self) -> str:
        return self._log.read_bytes()[self._since :].decode()

    def wait_until_ready(self) -> None:
        self.wait_until_it_serves()
        self.wait_until(self.is_ready)

    def wait_until_it_serves(self) -> None:
        """By its own word: on its port there may be another, which it should have followed."""
        self.wait_until_it_says(f"serves on {self.url}")

    def wait_until_it_says(self, words: str) -> None:
        self.wait_until(lambda: words in self.log)

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Waits for something that the process does."""
        deadline = time.monotonic() + PROGRAM_SECONDS
        while not condition():
            assert self.process.poll() is None, f"it ended with {self.process.returncode}:\n{self.log}"
            assert time.monotonic() < deadline, f"it did not:\n{self.log}"
            time.sleep(0.05)

    def is_ready(self) -> bool:
        try:
            return self.client.get("/health/ready").status_code == 200
        except httpx2.TransportError:
            return False

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Sends a signal and waits. Returns the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PROGRAM_SECONDS)

    # -- what a client does ----------------------------------------------------------------------

    def sign_up(self, email: str) -> None:
        self.client.post("/v1/users", json={"email": email, "name": "Ada", "password": PASSWORD}).raise_for_status()

    def sign_in(self, email: str, password: str = PASSWORD) -> bool:
        """Whether it worked. The client goes on as this user."""
        answer = self.client.post("/v1/sessions", json={"email": email, "password": password})
        if answer.is_success:
            self.client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        return answer.is_success


@dataclass
class Installation:
    """A data folder, a port, and whatever else is set. ``program``: of another environment than this one."""

    folder: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    program: Sequence[str] = TASKHUB

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TASKHUB_")}
        own = {"TASKHUB_DATA_DIR": str(self.folder / "data"), "TASKHUB_PORT": str(self.port), "TMPDIR": str(self.folder)}
        return {**inherited, **own, **self.settings}

    def start(self, command: Sequence[str] = (), *, folder: Path | None = None) -> Served:
        """Begins to serve. `wait_until_ready` of the result says when it does."""
        command = command or (*self.program, "serve")
        log = self.folder / "log"
        with log.open("ab") as output:
            since = output.tell()
            process = subprocess.Popen(
                command, env=self.environment(), cwd=folder or self.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        return Served(process, self.url, log, since)

    @contextmanager
    def serving(self) -> Iterator[Served]:
        with self.start() as served:
            served.wait_until_ready()
            yield served

    def run(self, *arguments: str, feed: str = "") -> subprocess.CompletedProcess[str]:
        """Runs a command of `taskhub` to its end."""
        return subprocess.run(
            [*self.program, *arguments],
            env=self.environment(),
            cwd=self.folder,
            input=feed,
            capture_output=True,
            text=True,
            timeout=PROGRAM_SECONDS,
            check=False,
        )
