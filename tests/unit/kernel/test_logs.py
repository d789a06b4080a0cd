"""Logs are a by-product: what can't be written down happens all the same."""

import subprocess
import sys
from pathlib import Path

import pytest

from support.harness.waiting import PROGRAM_SECONDS

FULL = Path("/dev/full")

PROGRAM = """
import structlog
from taskhub.kernel.logs import configure_logs
configure_logs("info")
for number in range(1000):
    structlog.get_logger("test").info("a line", number=number)
print("went on", file=__import__("sys").stderr)
__import__("os")._exit(0)
"""


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a file that is always full")
def test_lines_that_find_no_room_are_no_failure() -> None:
    with FULL.open("wb") as full:
        command = [sys.executable, "-c", PROGRAM]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=PROGRAM_SECONDS, check=False)
    assert (done.returncode, done.stderr) == (0, "went on\n")
