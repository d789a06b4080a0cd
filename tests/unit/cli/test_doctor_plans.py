"""What `taskhub doctor` reads out of a plan."""

from typing import Any

from taskhub.cli.doctor.plans import MANY_ROWS, reasons

TABLES = {"tasks": 120_000, "users": 12}


def node(kind: str, *parts: dict[str, Any], rows: int = 1, table: str | None = None) -> dict[str, Any]:
    relation = {"Relation Name": table} if table else {}
    return {"Node Type": kind, "Plan Rows": rows, **relation, **({"Plans": [*parts]} if parts else {})}


def test_a_large_table_that_is_read_as_a_whole_is_a_reason() -> None:
    plan = node("Limit", node("Seq Scan", table="tasks", rows=3))
    assert reasons(plan, TABLES) == ["reads all 120,000 rows of tasks"]


def test_a_small_table_may_be_read_as_a_whole() -> None:
    assert reasons(node("Seq Scan", table="users", rows=12), TABLES) == []


def test_an_index_is_no_reason() -> None:
    assert reasons(node("Index Scan", table="tasks", rows=50), TABLES) == []


def test_a_large_sort_is_a_reason() -> None:
    assert reasons(node("Sort", node("Index Scan", table="tasks", rows=MANY_ROWS), rows=MANY_ROWS), TABLES) == [
        "sorts about 10,000 rows"
    ]


def test_a_table_of_another_schema_is_none() -> None:
    assert reasons(node("Seq Scan", table="pg_stat_statements"), TABLES) == []
