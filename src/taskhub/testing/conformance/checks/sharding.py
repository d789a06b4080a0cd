"""What the SQL of a statement must be like, so that the tables that it uses can be distributed by workspace.

A distributed PostgreSQL (Citus) sends a statement to one node where each of its tables is compared with the same value. It locks
no rows on several nodes, and lets no update depend on a function that could tell something else on each of them.
"""

import re
from collections.abc import Iterator, Mapping

from taskhub.testing.conformance.checks.conjuncts import is_conjunct

_REFERENCE = re.compile(
    r"\b(?:FROM|JOIN|USING|UPDATE)\s+(?:ONLY\s+|LATERAL\s+)?"
    r"([a-z_]+\b(?!\.)(?: AS [a-z_]+)?(?:, [a-z_]+(?: AS [a-z_]+)?)*)"
)
_LOCK = re.compile(r"\bFOR (?:NO KEY )?UPDATE\b|\bFOR (?:KEY )?SHARE\b")
_STABLE = re.compile(
    r"\b(?:concat|concat_ws|format|now|clock_timestamp|to_char|to_timestamp|to_jsonb|jsonb_build_object|jsonb_build_array)\("
    r"|CAST\([\w.]+ AS \w+\[\]\)"
)
_PART = re.compile(r"\w+=\(+\$\d+(?:::[\w ]+\[\]\))?\)*\[")
"""Sets a column to a part of an array, which crashes a server of Citus 14.0."""
_INTERVAL = re.compile(r"(?<!\) )[+-] interval ")


def unkeyed(sql: str, tables: Mapping[str, str]) -> list[str]:
    """The tables of workspaces that a statement uses without naming their workspace, as often as it does.

    A workspace is named by a parameter (`tasks.workspace_id = $1`), or by that of another table which is named itself, in a
    condition that holds for all rows: not in one of several (``OR``), nor in ``IS TRUE``. In ``unnest`` or ``ANY`` stand several.

    Args:
        sql: on one line.
        tables: the tables of workspaces, each with the column of its workspace.
    """
    called = [(name, alias) for name, alias in _references(sql) if name in tables]
    columns = {alias: tables[name] for name, alias in called}
    named = dict.fromkeys(columns, 0)
    for alias, column in columns.items():
        named[alias] = len(_conjuncts(rf"\b{alias}\.{column} = \$\d+", sql))
    _follow_joins(sql, columns, named)
    missing = {alias for alias in columns if sum(one == alias for _, one in called) > named[alias]}
    return sorted(name for name, alias in set(called) if alias in missing)


def _conjuncts(pattern: str, sql: str) -> list[re.Match[str]]:
    return [found for found in re.finditer(pattern, sql) if is_conjunct(sql, *found.span())]


def _references(sql: str) -> Iterator[tuple[str, str]]:
    """Tables with the names by which the statement calls them."""
    for clause in _REFERENCE.findall(sql):
        for table in clause.split(", "):
            name, _, alias = table.partition(" AS ")
            yield name, alias or name


def _follow_joins(sql: str, columns: Mapping[str, str], named: dict[str, int]) -> None:
    """Counts a table as named where it is joined with one that is, by the workspace of both."""
    pairs = [
        (one, other)
        for one, first, other, second in (match.groups() for match in _conjuncts(r"\b(\w+)\.(\w+) = (\w+)\.(\w+)", sql))
        if columns.get(one) == first and columns.get(other) == second
    ]
    is_growing = True
    while is_growing:
        is_growing = False
        for one, other in [*pairs, *((other, one) for one, other in pairs)]:
            if named[other] and not named[one]:
                named[one] = pairs.count((one, other)) + pairs.count((other, one))
                is_growing = True


def refused(sql: str, tables: Mapping[str, str]) -> list[str]:
    """What a distributed database refuses of a statement on the tables of workspaces, in words."""
    reasons = []
    if unkeyed(sql, tables) and _LOCK.search(sql):
        reasons.append("locks rows of several workspaces")
    for table, clause in re.findall(r"\bUPDATE (\w+) SET (.*?)(?= WHERE | FROM found| RETURNING |$)", sql):
        if table in tables:
            reasons += [f"an update by a function that is not immutable: {found}" for found in _not_immutable(clause)]
            reasons += [f"an update sets a column to a part of an array: {found}" for found in _PART.findall(clause)]
    return reasons


def _not_immutable(clause: str) -> list[str]:
    return [*_STABLE.findall(clause), *_INTERVAL.findall(clause)]
