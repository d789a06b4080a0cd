"""What tests see of the processes of testing servers."""

import os
from collections.abc import Callable
from pathlib import Path

import httpx2

from support.harness.waiting import PROGRAM_SECONDS, wait_until
from taskhub.testing import TaskHubServer


def pid_of(server: TaskHubServer) -> int:
    pid: int = server.client(base=server.control_url).get("/").json()["pid"]
    return pid


def has_ended(pid: int) -> bool:
    """Also one that nobody has waited for. It has removed what it leaves by then."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return not _is_there(pid)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def answers(url: str) -> bool:
    try:
        httpx2.get(f"{url}/health/live", trust_env=False, timeout=2)
    except httpx2.TransportError:
        return False
    return True


def eventually(condition: Callable[[], bool]) -> None:
    """Waits for a process to start or to end."""
    wait_until(condition, PROGRAM_SECONDS)
