"""`make test` ends where a test does not, or takes its process with it, and says which test it was."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.harness.waiting import PROGRAM_SECONDS

TOP = Path(__file__).parents[3]
SUITE = """
import os, signal, time

def test_before(): pass
def test_stuck(): {}
"""


@pytest.mark.parametrize("stuck", ["time.sleep(3600)", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_a_test_that_hangs_or_ends_its_worker_ends_the_run_and_is_named(tmp_path: Path, stuck: str) -> None:
    """As the Makefile and pyproject.toml say, but for the length of the limit and the number of workers."""
    command = re.search(r"-m (pytest .*) \$\(ARGS\)", (TOP / "Makefile").read_text("utf-8"))
    assert command is not None
    (tmp_path / "test_suite.py").write_text(SUITE.format(stuck))
    done = subprocess.run(
        [
            *(sys.executable, "-m", *command[1].split(), "-p", "no:cacheprovider", "-c", str(TOP / "pyproject.toml")),
            *("-o", "faulthandler_timeout=5", "-o", "pythonpath=", "--rootdir", str(tmp_path), "--numprocesses", "1"),
            *("-p", "xdist", "-p", "asyncio", str(tmp_path)),
        ],
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},  # It need not wait for all others to be imported.
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PROGRAM_SECONDS,
        check=False,
    )
    assert done.returncode == 1
    assert "crashed while running 'test_suite.py::test_stuck'" in done.stdout
    assert "1 failed, 1 passed" in done.stdout
