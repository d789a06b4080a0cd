"""What a hundred writes of all kinds cost in one batch, beside a hundred requests: part of `make bench`."""

import json
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from random import Random
from statistics import median
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from benchmarks.dataset import Dataset
from benchmarks.load import LoadFailed
from benchmarks.servers import Server

OPERATIONS = 100
ROUNDS, ROUNDS_AT_ONCE = 9, 3
CONNECTIONS = 16
MAX_SHARE = 0.2
"""Of the time that the requests take, one after the other."""

Operation = dict[str, Any]
Tokens = Callable[[UUID], str]


class Comparison(NamedTuple):
    """Milliseconds for a hundred operations of one client, the median; operations a second, and CPU of the server in microseconds
    for each, of several clients at once. Each of the requests first, then of batches. ``share``: the median of all rounds.
    """

    alone: float
    together: float
    share: float
    rates: tuple[float, float]
    cpu: tuple[float, float]

    @property
    def is_missed(self) -> bool:
        return self.share > MAX_SHARE

    def as_json(self) -> dict[str, Any]:
        return {
            "share": round(self.share, 3),
            "requests_ms": round(self.alone, 1),
            "batch_ms": round(self.together, 1),
            "operations_per_second": [round(rate, 1) for rate in self.rates],
            "cpu_us": [round(cpu, 1) for cpu in self.cpu],
        }

    def in_words(self) -> str:
        verdict = "MISSED" if self.is_missed else "reached"
        return (
            f"batch         {OPERATIONS} operations of one client: {self.alone:.0f} ms as requests, {self.together:.0f} ms as a "
            f"batch, share {self.share:.2f}   {verdict}: at most {MAX_SHARE}\n"
            f"              {CONNECTIONS} clients: {self.rates[0]:.0f} operations/s as requests, {self.rates[1]:.0f} in batches; "
            f"CPU of the server {self.cpu[0]:.0f} and {self.cpu[1]:.0f} µs for each"
        )


class Writer:
    """One client in one workspace: a quarter of what it writes are creates, the others changes of tasks and comments on them."""

    def __init__(self, server: Server, dataset: Dataset, workspace_id: UUID, token: str, seed: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._path = f"/v1/workspaces/{workspace_id}"
        self._dataset, self._workspace_id = dataset, workspace_id
        self._random = Random(seed)

    def alone(self) -> None:
        for operation in self._mixed():
            self._send(operation["method"], operation["path"], operation.get("body"))

    def together(self) -> None:
        self._send("POST", "/batch", {"operations": self._mixed()})

    def _mixed(self) -> list[Operation]:
        return [self._operation(number % 4) for number in range(OPERATIONS)]

    def _operation(self, kind: int) -> Operation:
        task = f"/tasks/{self._random.choice(self._dataset.tasks[self._workspace_id])}"
        if kind == 0:
            project = self._random.choice(self._dataset.projects[self._workspace_id])
            return {"method": "POST", "path": "/tasks", "body": {"project_id": str(project), "title": "In a batch, or alone"}}
        if kind == 1:
            return {"method": "POST", "path": f"{task}/comments", "body": {"body": "Done yet?"}}
        if kind == 2:
            label = self._random.choice(self._dataset.labels[self._workspace_id])
            return {"method": self._random.choice(("PUT", "DELETE")), "path": f"{task}/labels/{label}"}
        return {"method": "PATCH", "path": task, "body": {"title": f"Title {uuid4().hex}"}}

    def _send(self, method: str, path: str, body: Any) -> None:
        """Raises:
        LoadFailed: it was refused.
        """
        self._connection.request(method, self._path + path, None if body is None else json.dumps(body), self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise LoadFailed(f"{method} {path}: {answer.status} {text[:500]!r}")


def compare(server: Server, dataset: Dataset, token: Tokens, *, rounds: int = ROUNDS) -> Comparison:
    """``token``: of somebody who may write in a workspace. The first round warms up, and is not counted."""
    workspaces = [one for one in dataset.projects if dataset.labels[one] and dataset.tasks[one]][:CONNECTIONS]
    writers = [Writer(server, dataset, one, token(one), seed) for seed, one in enumerate(workspaces)]
    times = [(_seconds(writers[0].alone), _seconds(writers[0].together)) for _ in range(rounds + 1)][1:]
    shares = [together / alone for alone, together in times]
    alone = _at_once(server, [writer.alone for writer in writers])
    together = _at_once(server, [writer.together for writer in writers])
    return Comparison(
        median(alone for alone, _ in times) * 1000,
        median(together for _, together in times) * 1000,
        median(shares),
        (alone[0], together[0]),
        (alone[1], together[1]),
    )


def _seconds(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _at_once(server: Server, acts: Iterable[Callable[[], None]]) -> tuple[float, float]:
    """Operations a second, and the CPU of the server for each, in microseconds."""
    chosen = list(acts)

    def repeated(act: Callable[[], None]) -> None:
        for _ in range(ROUNDS_AT_ONCE):
            act()

    def all_at_once() -> None:
        with ThreadPoolExecutor(len(chosen)) as pool:
            for done in [pool.submit(repeated, act) for act in chosen]:
                done.result()

    before = server.cpu_seconds()
    seconds = _seconds(all_at_once)
    count = len(chosen) * ROUNDS_AT_ONCE * OPERATIONS
    return count / seconds, (server.cpu_seconds() - before) / count * 1e6
