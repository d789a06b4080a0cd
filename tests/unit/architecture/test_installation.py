"""`tools/install` runs two pips at a time, counts what they do, fails if one fails, and ends with them at Ctrl-C."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from support.harness.waiting import PROGRAM_SECONDS

SCRIPT = Path(__file__).parents[3] / "tools/install"
PACKAGES = ("alembic", "anyio", "click", "idna", "mako")
REQUIREMENTS = "".join(f"{name}==1.0 \\\n    --hash=sha256:00\n    # via taskhub\n" for name in PACKAGES)

STAND_IN = """
import sys, time

assert sys.argv[1:-1] == ["--no-deps", "--no-compile", "--require-hashes", "-r"]
ways = ["Collecting {}", "Requirement already satisfied: {}", "Ignoring {}: markers"]
for at, line in enumerate(open(sys.argv[-1])):
    if "==" in line:
        for word in ways[at // 3 % 3].format(line.split("==")[0]).split():  # It may say a line in pieces.
            print(word, end=" ", flush=True)
        print(flush=True)
        print("  Using cached", flush=True)
"""

Install = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Install]:
    """Starts the script, with a stand-in for pip that ends with the given statement, as a group of processes of its own."""
    started: list[subprocess.Popen[str]] = []

    def start(ending: str) -> "subprocess.Popen[str]":
        (tmp_path / "pip.py").write_text(STAND_IN + ending)
        (tmp_path / "run.txt").write_text(REQUIREMENTS)
        process = subprocess.Popen(
            [SCRIPT, "half-", "run.txt"],
            cwd=tmp_path,
            env={**os.environ, "INSTALL": f"{sys.executable} pip.py"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=PROGRAM_SECONDS)


def test_counts_new_packages_those_that_are_there_and_those_for_other_systems(install: Install) -> None:
    process = install("")
    output, errors = process.communicate(timeout=PROGRAM_SECONDS)
    assert (process.returncode, errors) == (0, "")
    assert output.split("\n")[-2] == "  package 5 of 5"


@pytest.mark.parametrize("half", [0, 1])
def test_fails_if_one_of_the_two_fails(install: Install, half: int) -> None:
    process = install(f'print("Collec", end=""); sys.exit(sys.argv[-1] == "half-{half}.txt")')
    process.communicate(timeout=PROGRAM_SECONDS)
    assert process.returncode == 1


def test_ctrl_c_ends_both(install: Install) -> None:
    process = install("while True: time.sleep(0.1)  # A signal just before a longer one would not end that.")
    assert process.stdout
    shown = ""
    while "5 of 5" not in shown:  # Now both are at their last statement.
        shown += process.stdout.read(1)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=PROGRAM_SECONDS)  # Both have it open as long as they live.
    assert errors.count("KeyboardInterrupt") == 2
    assert process.returncode != 0
