"""Logs are for programs or for people, and a by-product: what can't be written down happens all the same."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.harness.waiting import PROGRAM_SECONDS

FULL = Path("/dev/full")

PROGRAM = """
import structlog
from taskhub.kernel.logs import configure_logs
configure_logs("info", "json")
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


TELL = r"""
import structlog
from taskhub.kernel.logs import configure_logs
configure_logs("info", FORMAT)
log = structlog.get_logger("test")
log.info("request", request_id="7f3e", method="GET", path="/v1/\x1b[2J\u202etasks", status=404, milliseconds=3.456)
log.debug("nobody wants to know")
log.warning("the database does not answer", tries=3, where="a\nb")
try:
    raise ValueError("why")
except ValueError:
    log.exception("it broke")
__import__("logging").getLogger("some.library").warning("careful")
"""


def told(format: str) -> list[str]:
    """The lines of a process that no terminal shows."""
    command = [sys.executable, "-c", TELL.replace("FORMAT", repr(format))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize("format", ["auto", "json"])
def test_programs_get_an_object_a_line(format: str) -> None:
    lines = [json.loads(line) for line in told(format)]
    assert [(line["level"], line["message"]) for line in lines] == [
        ("info", "request"),
        ("warning", "the database does not answer"),
        ("error", "it broke"),
        ("warning", "careful"),
    ]
    assert lines[0]["path"] == "/v1/\x1b[2J\u202etasks"


def test_people_get_a_line_that_speaks_for_itself() -> None:
    request, warning, error, *trace, library = told("console")
    assert re.fullmatch(r"\d\d:\d\d:\d\d info    GET /v1/\\x1b\[2J\\u202etasks 404 3\.5 ms 7f3e", request)
    assert re.fullmatch(r"\d\d:\d\d:\d\d warning the database does not answer tries=3 where=a\\nb", warning)
    assert error.endswith("error   it broke")
    assert trace[-1] == "ValueError: why"
    assert "careful" in library
