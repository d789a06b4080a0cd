"""Every statement on this module's tables names the workspace: nobody sees rows of others, and the schema can be sharded."""

import gc
import re

import pytest
from taskhub.kernel.application.pages import SortOrder
from taskhub.kernel.infrastructure.postgres.statements import Statement

from taskhub_time_tracking.application.queries import MOST_TIME_BY_TASK, TimeEntrySort
from taskhub_time_tracking.infrastructure import queries
from taskhub_time_tracking.module import module

TABLES = "|".join(row.__tablename__ for row in module.rows)


def _own_statements() -> list[str]:
    """Those that are made at import, and some of those that are made when they are needed."""
    newest_first = SortOrder(TimeEntrySort.STARTED_AT, descending=True)
    _made = [
        queries._list(frozenset({"task_ids"}), True, newest_first, True),
        queries._report("task_id", frozenset({"user_ids"}), MOST_TIME_BY_TASK, True),
    ]
    gc.unfreeze()  # What an application froze in this process is hidden from the collector.
    found = {" ".join(one.sql.split()) for one in gc.get_objects() if isinstance(one, Statement)}
    return sorted(sql for sql in found if re.search(rf"\b({TABLES})\b", sql))


STATEMENTS = _own_statements()


def test_there_are_statements_to_look_at() -> None:
    assert len(STATEMENTS) >= 6


@pytest.mark.parametrize("sql", STATEMENTS, ids=lambda sql: sql[:60])
def test_a_statement_is_keyed_by_its_workspace(sql: str) -> None:
    used = set(re.findall(rf"\b(?:FROM|JOIN|UPDATE) ({TABLES})\b", sql))

    assert used
    assert [table for table in used if not re.search(rf"\b{table}\.workspace_id = ", sql)] == []
