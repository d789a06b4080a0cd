"""`make bench-testing`: how long a suite waits for the service that it tests against."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from taskhub.testing import TaskHubServer, Tenant

FIRST_STARTS, STARTS, ROUNDS = 3, 7, 50


@dataclass(frozen=True, slots=True)
class Line:
    """A median in milliseconds, and what it may be."""

    name: str
    milliseconds: float
    most: float

    @property
    def passes(self) -> bool:
        return self.milliseconds <= self.most

    def __str__(self) -> str:
        return f"{self.name:48}{self.milliseconds:9.1f} ms  of {self.most:5.0f}  {'pass' if self.passes else 'FAIL'}"


def main() -> int:
    lines = []
    for line in measured():
        lines.append(line)
        say(str(line))
    passed = sum(line.passes for line in lines)
    say(f"\n{passed} of {len(lines)} pass")
    return int(passed < len(lines))


def measured() -> Iterator[Line]:
    yield Line("import taskhub.testing", median(import_milliseconds() for _ in range(STARTS)), 150)
    yield Line("the first start on a machine", median(start_milliseconds(cold=True) for _ in range(FIRST_STARTS)), 4000)
    with tempfile.TemporaryDirectory() as cache:
        Path(cache).chmod(0o755)
        os.environ["TASKHUB_TESTING_CACHE"] = cache
        TaskHubServer.start().stop()
        yield Line("a further start", median(start_milliseconds(cold=False) for _ in range(STARTS)), 1500)
        with TaskHubServer.start() as server:
            server.tenant()
            yield Line("a tenant", median(timed(server.tenant) for _ in range(ROUNDS)), 30)
            yield Line("wait_for, after the change", median(wait_milliseconds(server.tenant()) for _ in range(ROUNDS)), 20)
            yield Line("reset", median(reset_milliseconds(server) for _ in range(ROUNDS // 2)), 100)


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def import_milliseconds() -> float:
    """In a Python that has started already."""
    code = "import time; b = time.perf_counter(); import taskhub.testing; print((time.perf_counter() - b) * 1000)"
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def start_milliseconds(*, cold: bool) -> float:
    """``cold``: where no database was prepared yet."""
    servers: list[TaskHubServer] = []
    with tempfile.TemporaryDirectory() as cache:
        Path(cache).chmod(0o755)
        before = os.environ.get("TASKHUB_TESTING_CACHE")
        if cold:
            os.environ["TASKHUB_TESTING_CACHE"] = cache
        try:
            return timed(lambda: servers.append(TaskHubServer.start()))
        finally:
            for server in servers:
                server.stop()
            if before is not None:
                os.environ["TASKHUB_TESTING_CACHE"] = before


def wait_milliseconds(tenant: Tenant) -> float:
    """From the sending of a change that was waited for already, to the end of the waiting: the commit is later than that, so this
    is more than the time after the commit.
    """
    task = tenant.task()
    with ThreadPoolExecutor() as thread:
        waiting = thread.submit(lambda: (tenant.wait_for("task.updated", entity=task), time.perf_counter())[1])
        time.sleep(0.02)  # It is held back by then.
        sent = time.perf_counter()
        tenant.client.patch(f"tasks/{task['key']}", json={"status": "done"}).raise_for_status()
        return (waiting.result() - sent) * 1000


def reset_milliseconds(server: TaskHubServer) -> float:
    server.tenant().task()
    return timed(server.reset)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
