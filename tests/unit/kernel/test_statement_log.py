"""Slow statements are logged, or all of them, with what they were sent for and without values."""

import logging
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from taskhub.kernel.application.initiator import BackgroundWork, initiated_by
from taskhub.kernel.infrastructure.postgres.statement_log import StatementLog

Line = MutableMapping[str, Any]


@pytest.fixture
def lines() -> Iterator[list[Line]]:
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    with capture_logs() as lines:
        yield lines
    structlog.configure(**before)


def test_what_is_fast_is_measured_and_not_logged(lines: list[Line]) -> None:
    log = StatementLog(slow_seconds=0.25)
    log.add("users.queries.user", 100.0, 100.0 + 0.2, 1)
    assert sum(log.durations["users.queries.user"].counts) == 1
    assert lines == []


def test_a_slow_statement_is_a_warning(lines: list[Line]) -> None:
    StatementLog(slow_seconds=0.25).add("tasks.queries.lists.page", 100.0, 100.0 + 0.25, 51)
    assert lines == [
        {
            "event": "slow statement",
            "log_level": "warning",
            "statement": "tasks.queries.lists.page",
            "milliseconds": 250.0,
            "rows": 51,
        }
    ]


def test_a_statement_that_failed_is_logged_with_the_kind_of_its_error(lines: list[Line]) -> None:
    StatementLog(slow_seconds=0.25).add("commit update tasks", 100.0, 100.0 + 3.0, 0, ValueError("secret"))
    (line,) = lines
    assert (line["error"], "rows" in line) == ("ValueError", False)
    assert "secret" not in str(line)


def test_the_line_says_what_the_statement_was_sent_for(lines: list[Line]) -> None:
    with initiated_by(BackgroundWork("purge sessions")):
        StatementLog(slow_seconds=0.25).add("users.purge.expired", 100.0, 100.0 + 1.0, 7)
    assert (lines[0]["operation"], lines[0]["request_id"]) == ("purge sessions", None)


def test_all_statements_are_logged_where_that_is_wanted(lines: list[Line]) -> None:
    log = StatementLog(slow_seconds=0.25, logs_all=True)
    log.add("begin", 100.0, 100.0 + 0.0001, 0)
    log.add("commit", 100.0, 100.0 + 0.3, 0)
    assert [(line["log_level"], line["statement"]) for line in lines] == [("info", "begin"), ("warning", "commit")]
