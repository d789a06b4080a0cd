"""What requests leave in the database: rows, and events with the numbers that they took."""

import json
from bisect import bisect_left
from typing import Any
from uuid import UUID

import asyncpg
from benchmarks.database import plain
from benchmarks.exchanges import is_set, passing_removed

_PLACE_LENGTH = 10
"""Of a rank at the end of a project. Behind it is what puts others in between."""
_FORMER_PLACES = """
SELECT version, rank FROM former_places
WHERE workspace_id = $1 AND task_id = ANY($2) ORDER BY array_position($2, task_id), version
"""

Trace = dict[str, Any]


async def trace_of_tasks(database_url: str, workspace_id: UUID, project_id: UUID, ids: list[UUID]) -> Trace:
    """Tasks of one project and their events. Numbers are counted from the last one given; of ranks it tells the order."""
    connection = await asyncpg.connect(plain(database_url))
    try:
        rows = await _rows(connection, "tasks", workspace_id, ids)
        events = await _events(connection, workspace_id, ids)
        former = await connection.fetch(_FORMER_PLACES, workspace_id, ids)
        last_number = await connection.fetchval(
            "SELECT last_number FROM projects WHERE workspace_id = $1 AND id = $2", workspace_id, project_id
        )
    finally:
        await connection.close()
    by_id = {row["id"]: row for row in rows}
    ranks = sorted(row["rank"] for row in rows)
    own_names = [
        snapshot["number"] == (row := by_id[event["entity_id"]])["number"]
        and snapshot["key"] == f"{row['project_key']}-{row['number']}"
        for event in events
        for snapshot in [json.loads(event["snapshot"])]
    ]
    return {
        "rows": [_task(row, last_number, ranks) for row in rows],
        "events": [_told(event) for event in events],
        "snapshots have the tasks' own names": own_names,
        "former places": [(version, _rank(rank, ranks)) for version, rank in former],
    }


async def trace_of_comment(database_url: str, workspace_id: UUID, id: UUID) -> Trace:
    connection = await asyncpg.connect(plain(database_url))
    try:
        rows = await _rows(connection, "comments", workspace_id, [id])
        events = await _events(connection, workspace_id, [id])
    finally:
        await connection.close()
    return {"rows": [passing_removed(row) for row in rows], "events": [_told(event) for event in events]}


async def _rows(connection: Any, table: str, workspace_id: UUID, ids: list[UUID]) -> list[dict[str, Any]]:
    query = f"SELECT * FROM {table} WHERE workspace_id = $1 AND id = ANY($2) ORDER BY array_position($2, id)"
    return [dict(row) for row in await connection.fetch(query, workspace_id, ids)]


async def _events(connection: Any, workspace_id: UUID, ids: list[UUID]) -> list[dict[str, Any]]:
    """Numbers are counted from the last one of the log."""
    query = """
SELECT e.*, e.seq - s.last_seq AS place, e.commit_seq - s.last_seq AS place_of_command
FROM events e JOIN event_streams s USING (stream_id)
WHERE stream_id = $1 AND entity_id = ANY($2) ORDER BY seq
"""
    return [dict(row) for row in await connection.fetch(query, workspace_id, ids)]


def _task(row: dict[str, Any], last_number: int, ranks: list[str]) -> dict[str, Any]:
    return passing_removed({name: value for name, value in row.items() if name != "words"}) | {
        "number": row["number"] - last_number,
        "rank": _rank(row["rank"], ranks),
    }


def _rank(rank: str, ranks: list[str]) -> list[Any]:
    """Where it stands among the tasks, and what puts it between others. Moves of TaskHub use up places, as others see by that."""
    return [bisect_left(ranks, rank), rank[_PLACE_LENGTH:]]


def _told(row: dict[str, Any]) -> dict[str, Any]:
    event = passing_removed({name: value for name, value in row.items() if name != "commit_seq"})
    for name in ("changes", "snapshot"):
        document = json.loads(row[name])
        event[name] = passing_removed(document)
        event[f"members of {name}"] = sorted(member for member, value in document.items() if is_set(value))
    return event
