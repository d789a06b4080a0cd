"""There is one clock: nothing but it asks what time it is, so that a test which sets it has set all.

How much time passes is asked of the machine only where that is meant: how long something takes, waits or rests.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import taskhub
from taskhub.kernel.infrastructure.background.rate_limit_sync import _EXCHANGE
from unit.architecture.test_statements import all_statements

SOURCE = Path(taskhub.__file__).parent
CLOCK = "kernel/application/clock.py"
EXCEPTIONS = {
    "kernel/logs.py": "stamps lines with the machine's time, like whatever else writes to the same log",
    "embedded/postmaster.py": "compares with the time of a file, and knows nothing of TaskHub",
    "kernel/infrastructure/background/rate_limit_sync.py": "tells how old hits are, by the clock that all processes reach",
    "schema/locks.py": "tells how long a transaction has been open, by the server that runs it",
    "kernel/infrastructure/background/trace_export.py": "puts spans in order with those of other services",
    "client/dates.py": "what today is for whoever types a command, on another computer than the service's",
    "cli/doctor/run.py": "compares the clocks of the two machines",
}
ELAPSED = {
    "client/connection.py": "how long a command waits for a service that does not answer",
    "kernel/application/clock.py": "gives it to all that relies on something for a while",
    "kernel/application/tracing.py": "how long each part of a request took",
    "kernel/infrastructure/background/trace_export.py": "how long ago a span began",
    "kernel/application/runner.py": "how long a client waits while its command is run again",
    "kernel/infrastructure/postgres/connection.py": "how long a statement took, and a connection was not asked anything",
    "kernel/infrastructure/postgres/database.py": "for how long connections are out",
    "kernel/infrastructure/postgres/pool.py": "how long a connection was idle, and its borrower waits",
    "kernel/api/request_log_middleware.py": "how long a request took",
    "activity/application/read_changes.py": "how long a request waits for a change",
    "activity/api/stream.py": "how long a stream is silent, and its reader's right was not checked",
    "webhooks/infrastructure/look_pacing.py": "how long it rests between two looks at a cluster",
    "schema/locks.py": "how long a revision waits for its locks",
    "testing/client/process.py": "how long a server takes to start",
    "testing/control/log.py": "how long a test waits",
    "testing/control/timed_call.py": "how long a test waits",
    "embedded/deadline.py": "how long a program of PostgreSQL takes",
    "cli/server/sockets.py": "how long a port is waited for",
    "cli/server/protocol.py": "how long a client lets the server wait",
    "cli/server/workers/supervisor.py": "how long a worker lives, and may take to start and to end",
    "cli/server/connections.py": "how long a client lets the server wait",
}
MEASURING = re.compile(r"(\btime\.(monotonic|perf_counter|process_time)(_ns)?|loop(\(\))?\.time)$")
ASKING = re.compile(
    r"(\bdatetime\.(now|utcnow|today)|\bdate\.today|\btime\.(time|time_ns|localtime|gmtime|ctime|clock_gettime\w*))$"
    r"|\bfunc\.(now|current_\w+|local\w+|\w+_timestamp|timeofday)$"
)
ASKING_IN_SQL = re.compile(
    r"\b(now|timeofday|(clock|statement|transaction)_timestamp)\s*\(\s*\)|\b(current_(timestamp|date|time)|localtime(stamp)?)\b",
    re.IGNORECASE,
)
IMPORTED = {"time": {"time", "time_ns", "localtime", "gmtime", "ctime"}}


def questions(source: str) -> Iterator[str]:
    """Whatever in a program asks for the time of the day."""
    for node in ast.walk(ast.parse(source)):
        if (isinstance(node, ast.Attribute) and ASKING.search(ast.unparse(node))) or (
            isinstance(node, ast.ImportFrom) and any(name.name in IMPORTED.get(node.module or "", ()) for name in node.names)
        ):
            yield ast.unparse(node)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("text", "func.text", "sqlalchemy.text"):
            yield from (ast.unparse(node) for argument in node.args if ASKING_IN_SQL.search(ast.unparse(argument)))


def measurements(source: str) -> Iterator[str]:
    """Whatever in a program measures how much time passes by the machine's own count."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and MEASURING.search(ast.unparse(node)):
            yield ast.unparse(node)
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (name.name for name in node.names if MEASURING.search(f"time.{name.name}"))


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_only_the_clock_asks_for_the_time(path: Path) -> None:
    name = path.relative_to(SOURCE).as_posix()
    if name not in {CLOCK, *EXCEPTIONS}:
        assert list(questions(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_elapsed_time_is_measured_where_the_machine_is_meant(path: Path) -> None:
    name = path.relative_to(SOURCE).as_posix()
    measured = list(measurements(path.read_text(encoding="utf-8")))
    assert bool(measured) == (name in ELAPSED), "caches and limits are given `context.monotonic`, which a test can move"


def test_no_statement_asks_for_the_time() -> None:
    asking = {statement.sql for statement in all_statements() if ASKING_IN_SQL.search(statement.sql)}
    assert asking == {"SELECT clock_timestamp()", _EXCHANGE.sql}, "those of the doctor and of the shared limits alone"


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now(UTC)",
        "dt.datetime.utcnow()",
        "field(default_factory=date.today)",
        "time.time()",
        "from time import time",
        "func.now()",
        "sa.func.clock_timestamp()",
        "text('SELECT now()')",
    ],
)
def test_a_question_is_recognised(line: str) -> None:
    assert list(questions(line))


@pytest.mark.parametrize("line", ["time.monotonic()", "from time import monotonic", "self._clock()", "cache.now()", "a.now"])
def test_other_things_are_none(line: str) -> None:
    assert not list(questions(line))


@pytest.mark.parametrize(
    "line", ["time.monotonic()", "from time import perf_counter", "self.loop.time()", "a(monotonic=time.monotonic)"]
)
def test_a_measurement_is_recognised(line: str) -> None:
    assert list(measurements(line))
