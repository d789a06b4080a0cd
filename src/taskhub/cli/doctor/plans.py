"""Reads plans of PostgreSQL: what in them takes long."""

from collections.abc import Iterator, Mapping
from typing import Any

MANY_ROWS = 10_000
"""What reads or sorts fewer takes a few milliseconds."""

Plan = Mapping[str, Any]


def reasons(plan: Plan, table_rows: Mapping[str, int]) -> list[str]:
    """What takes long in a plan, each as the end of a sentence; none where an index finds what it reads.

    Args:
        plan: the outermost node, as `EXPLAIN (FORMAT JSON)` tells it.
        table_rows: about how many rows each table has.
    """
    found = (_reason(node, table_rows) for node in _nodes(plan))
    return sorted({reason for reason in found if reason})


def _nodes(node: Plan) -> Iterator[Plan]:
    yield node
    for part in node.get("Plans", ()):
        yield from _nodes(part)


def _reason(node: Plan, table_rows: Mapping[str, int]) -> str | None:
    if node["Node Type"] == "Seq Scan" and (rows := table_rows.get(node["Relation Name"], 0)) >= MANY_ROWS:
        return f"reads all {rows:,} rows of {node['Relation Name']}"
    if node["Node Type"] in ("Sort", "Incremental Sort") and node["Plan Rows"] >= MANY_ROWS:
        return f"sorts about {node['Plan Rows']:,} rows"
    return None
