"""The PostgreSQL of the conformance kit goes with the suite, also where that is killed."""

import subprocess
import sys
from pathlib import Path

from support.harness.testing_servers import eventually
from support.harness.waiting import PROGRAM_SECONDS
from taskhub.embedded.layout import Layout
from taskhub.embedded.locks import is_held
from taskhub.testing.conformance.databases import embedded_server

KILLED = """
import os, signal
from taskhub.testing.conformance.databases import embedded_server

with embedded_server():
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_suite_has_left_goes_with_the_next_one(cache: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED], timeout=PROGRAM_SECONDS, check=False)
    (left,) = folders(cache)
    eventually(lambda: not is_held(Layout(left / "postgres").watchdog_lock))
    with embedded_server():
        assert left not in folders(cache)
    assert folders(cache) == []


def folders(cache: Path) -> list[Path]:
    return [one for one in (cache / "conformance").iterdir() if one.is_dir()]
