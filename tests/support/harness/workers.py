"""`taskhub serve` with several workers, and clients that know which of them answers."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import uuid4

from support.harness.program import Served
from support.harness.raw_http import Answer, RawConnection
from support.harness.waiting import PROGRAM_SECONDS

MAX_CONNECTIONS = 64


def workers_of(served: Served) -> set[int]:
    """Their process ids."""
    return {pid for pid, parent in _processes() if parent == served.process.pid}


def running() -> set[int]:
    """The ids of all processes of this machine."""
    return {pid for pid, _ in _processes()}


def _processes() -> Iterator[tuple[int, int]]:
    """Each with its parent, but for those that have ended and are not yet waited for."""
    command = ["ps", "-axo", "pid=,ppid=,stat="]
    listing = subprocess.run(command, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=True).stdout
    for pid, parent, state in map(str.split, listing.splitlines()):
        if not state.startswith("Z"):
            yield int(pid), int(parent)


class WorkerClient(RawConnection):
    """A connection that stays open, and the worker at its other end."""

    def __init__(self, served: Served) -> None:
        super().__init__(int(served.url.rsplit(":", 1)[1]))
        self.worker = self._find(served)

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, **headers)

    def request(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        data = b"" if body is None else json.dumps(body).encode()
        told = {"host": "taskhub", "content-type": "application/json", "content-length": str(len(data)), **headers}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items()), "", ""]
        return self.ask("\r\n".join(lines).encode() + data)

    def _find(self, served: Served) -> int:
        """Asks for something, and looks for it in the log, which names the process."""
        mark = uuid4().hex
        assert self.get("/v1", **{"x-request-id": mark}).status == 200
        served.wait_until_it_says(mark)
        (line,) = [line for line in served.log.splitlines() if mark in line]
        pid: int = json.loads(line)["pid"]
        return pid


@contextmanager
def clients_of_all_workers(served: Served, count: int = 2) -> Iterator[list[WorkerClient]]:
    """So many of each worker: connections are made until each has them."""
    with ExitStack() as stack:
        clients: list[WorkerClient] = []
        wanted = workers_of(served)
        while any(sum(client.worker == pid for client in clients) < count for pid in wanted):
            assert len(clients) < MAX_CONNECTIONS, "a worker takes no connections"
            clients.append(stack.enter_context(WorkerClient(served)))
        yield clients
