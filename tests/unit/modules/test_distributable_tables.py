"""How the tables of all modules are to be distributed: what `taskhub distribute` goes by."""

from types import SimpleNamespace
from typing import Any

import pytest

from taskhub.modules.discovery import installed_modules
from taskhub.schema.distribute import DistributedTable, Distribution, NotDistributable, declared


def all_rows() -> list[Any]:
    return list(installed_modules().rows)


def test_the_counter_of_logs_is_the_first_and_the_others_are_placed_as_it() -> None:
    tables = declared(all_rows())
    assert tables[0] == DistributedTable("event_streams", "stream_id")
    assert {"tasks", "members", "events", "sessions"} < {table.name for table in tables}


def test_what_is_unique_over_all_stays_at_home() -> None:
    assert {"users", "api_tokens"}.isdisjoint(table.name for table in declared(all_rows()))


def test_a_table_without_a_word_is_refused_and_named() -> None:
    with pytest.raises(NotDistributable, match=r"votes.*distributed_by"):
        declared([*all_rows(), SimpleNamespace(__tablename__="votes")])  # type: ignore[list-item]  # A class of rows without it.


def test_what_is_to_be_done_is_told() -> None:
    tables = (DistributedTable("tasks", "workspace_id"),)
    distribution = Distribution(tables, ("users",), ("citus.override_table_visibility",), ("labels",))
    assert not distribution.is_done
    assert distribution.lines() == [
        "set citus.override_table_visibility = off for the database",
        "distribute tasks by workspace_id",
        "make users, which stays on the coordinator, known to the cluster",
        "delete the former copy of labels on the coordinator",
    ]
