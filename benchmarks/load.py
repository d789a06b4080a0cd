"""Load by wrk: what is asked, and what it took."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.servers import Server

SCRIPT = Path(__file__).with_name("wrk.lua")
_INSTALL = "wrk is needed for benchmarks. On Debian and Ubuntu: apt-get install wrk. On Fedora: dnf install wrk."


class LoadFailed(Exception):
    """A run with errors measures nothing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Requests of one operation. ``targets`` is a file for `wrk.lua`; ``first`` the line of it to begin with."""

    operation: str
    targets: Path
    first: int = 1


@dataclass(frozen=True, slots=True)
class Measure:
    """One run: requests per second, latencies in milliseconds, CPU of the server in microseconds per request."""

    throughput: float
    p50: float
    p99: float
    cpu: float
    requests: int


def require_wrk() -> None:
    """Finds wrk, installing it where that is possible without asking anyone.

    Raises:
        LoadFailed: says what to install.
    """
    if shutil.which("wrk") is None and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "install", "--yes", "--quiet", "wrk"], check=False, capture_output=True)
    if shutil.which("wrk") is None:
        raise LoadFailed(_INSTALL)


def run(server: Server, plan: Plan, *, connections: int, seconds: int, number: int) -> Measure:
    """One run of wrk. ``number`` makes its bodies different from those of all others.

    Raises:
        LoadFailed: not every answer was a success.
    """
    before = server.cpu_seconds()
    # One thread: it is never the bottleneck, and takes no more from the server than it must.
    command = ["wrk", "--threads=1", f"--connections={connections}", f"--duration={seconds}s", "--timeout=10s"]
    arguments = [plan.operation, str(plan.targets), str(plan.first), str(number)]
    done = subprocess.run(
        [*command, f"--script={SCRIPT}", server.url, "--", *arguments], check=False, capture_output=True, text=True
    )
    cpu = server.cpu_seconds() - before
    line = next((line for line in done.stdout.splitlines() if line.startswith("RESULT ")), None)
    if done.returncode or line is None:
        raise LoadFailed(f"wrk failed: {done.stdout}{done.stderr}")
    result = json.loads(line.removeprefix("RESULT "))
    if result["errors"] or not result["requests"]:
        asked = f"{plan.operation} at {connections} connections"
        raise LoadFailed(f"{server.name}, {asked}: {result['errors']} errors in {result['requests']} requests\n{done.stdout}")
    requests = result["requests"]
    return Measure(requests / result["seconds"], result["p50"] / 1000, result["p99"] / 1000, cpu / requests * 1e6, requests)
