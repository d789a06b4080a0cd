"""The program among others: interrupted, read by a pipe that closes, on a terminal with few letters."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from integration.client.conftest import Account
from support.harness.waiting import PROGRAM_SECONDS
from taskhub.testing import TaskHubServer

TASKHUB = (sys.executable, "-m", "taskhub")


@pytest.fixture
def environment(server: TaskHubServer, ada: Account, tmp_path: Path) -> dict[str, str]:
    token = ada.client.post("/v1/tokens", json={"name": "Mine", "scopes": ["read", "write"]}).json()["token"]
    own = {"TASKHUB_URL": server.url, "TASKHUB_TOKEN": token, "TASKHUB_PROJECT": "OPS"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TASKHUB_")}
    return {**kept, **own, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [*TASKHUB, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, timeout=PROGRAM_SECONDS, check=False)


def test_ctrl_c_ends_a_watch_without_a_word(ada: Account, environment: dict[str, str]) -> None:
    ada.send("POST", "tasks", {"project_id": "OPS", "title": "Oil"})
    command = [*TASKHUB, "watch", "--from", "start"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as watch:
        assert watch.stdout is not None
        assert b"workspace.created" in watch.stdout.readline()
        watch.send_signal(signal.SIGINT)
        _, said = watch.communicate(timeout=PROGRAM_SECONDS)
    assert (watch.returncode, said.strip()) == (130, b"")


def test_a_reader_that_has_enough_is_no_error_to_show(ada: Account, environment: dict[str, str]) -> None:
    for number in range(3):
        ada.send("POST", "tasks", {"project_id": "OPS", "title": f"Task {number}", "description": "x" * 50_000})
    command = [*TASKHUB, "tasks", "list", "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        assert listing.stdout.read(1) == b"["
        listing.stdout.close()
        assert listing.stderr.read() == b""
        listing.wait(PROGRAM_SECONDS)


def test_a_terminal_that_has_not_all_letters_shows_the_others_escaped(ada: Account, environment: dict[str, str]) -> None:
    ada.send("POST", "tasks", {"project_id": "OPS", "title": "Öl 日本"})
    done = run({**environment, "PYTHONIOENCODING": "latin-1"}, "tasks")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\xd6l \\u65e5\\u672c" in done.stdout


def test_shells_complete_the_names_of_commands(environment: dict[str, str]) -> None:
    asked = {"_TASKHUB_COMPLETE": "complete_bash", "COMP_WORDS": "taskhub tasks m", "COMP_CWORD": "2"}
    program = "import sys; sys.argv = ['taskhub']; from taskhub.cli.main import main; main()"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env={**environment, **asked}, capture_output=True, timeout=PROGRAM_SECONDS, check=False)
    assert done.stdout.split() == [b"move"]
