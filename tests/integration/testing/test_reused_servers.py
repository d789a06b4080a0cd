"""A server that one run leaves for the next: emptied, of the code of today, and nobody else's."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from support.harness.testing_servers import eventually, has_ended, pid_of
from support.harness.waiting import PATIENCE_SECONDS, PROGRAM_SECONDS
from taskhub.testing import TaskHubServer
from taskhub.testing.client import reuse

pytestmark = pytest.mark.usefixtures("run")


@pytest.fixture(autouse=True)
def left(cache: Path) -> Iterator[None]:
    """Those that a test leaves, nobody else ends."""
    yield
    for ready in (cache / "reused").glob("*/ready.json"):
        end(json.loads(ready.read_text("utf-8"))["pid"])


def end(pid: int) -> None:
    if not has_ended(pid):
        os.kill(pid, signal.SIGTERM)
        eventually(lambda: has_ended(pid))


def start() -> TaskHubServer:
    return TaskHubServer.start(reuse=True)


def test_one_that_was_left_is_used_again_emptied() -> None:
    with start() as first:
        tenant = first.tenant()
        with start() as other:
            assert other.url != first.url, "one that is in use is nobody else's"
    with start() as again:
        assert again.url == first.url
        assert again.client(tenant.token).get("/v1/users/me").status_code == 401
        assert again.log == first.log


def test_one_that_runs_older_code_ends_and_the_next_takes_its_place(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    with start() as older:
        pid = pid_of(older)
    monkeypatch.setattr(reuse, "_newest_source", lambda: "changed")
    with start() as newer:
        assert newer.url != older.url
        eventually(lambda: has_ended(pid))
        assert newer.tenant().task()
    assert len(list((cache / "reused").glob("*/ready.json"))) == 1


def test_what_one_that_was_killed_has_left_goes(cache: Path) -> None:
    with TaskHubServer.start(reuse=True, settings={"registration": "closed"}) as killed:
        pid = pid_of(killed)
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: has_ended(pid))
    with start():
        assert len([one for one in (cache / "reused").iterdir() if one.is_dir()]) == 1


class Stranger(BaseHTTPRequestHandler):
    """Answers everything with success."""

    asked: list[tuple[str, str]] = []  # noqa: RUF012  # `HTTPServer` makes one of these for each request.

    def do_GET(self) -> None:  # The name that is called.
        self.asked.append((f"{self.command} {self.path}", self.headers.get("Authorization", "")))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"url": "http://127.0.0.1:1", "pid": 1}).encode())

    do_POST = do_GET  # noqa: N815 - The name is that of the standard library.

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing is written to the output of the tests."""


@pytest.fixture
def stranger() -> Iterator[str]:
    """Another program that listens where a server did. Gives its address."""
    Stranger.asked.clear()
    server = HTTPServer(("127.0.0.1", 0), Stranger)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(PATIENCE_SECONDS)
    server.server_close()


def test_the_secret_is_told_to_nobody_who_listens_on_the_port_of_one_that_is_gone(cache: Path, stranger: str) -> None:
    with start() as gone:
        pid = pid_of(gone)
    end(pid)
    (ready,) = (cache / "reused").glob("*/ready.json")
    ready.write_text(json.dumps({"url": "http://127.0.0.1:1", "control_url": stranger, "secret": "x" * 40, "pid": pid}))
    with start() as server:
        assert server.control_url != stranger
        assert server.tenant().task()
    assert Stranger.asked == [("GET /", "")]


def test_a_run_that_leaves_one_ends_without_a_complaint(cache: Path) -> None:
    code = "from taskhub.testing import TaskHubServer\nwith TaskHubServer.start(reuse=True) as server:\n    server.tenant()\n"
    command = [sys.executable, "-W", "error", "-X", "dev", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=False)
    assert (done.returncode, done.stderr) == (0, "")
