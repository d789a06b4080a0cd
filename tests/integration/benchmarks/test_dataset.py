"""Loaded data is as if the service had written it: each thing has its events, each counter has counted."""

import asyncio
from typing import Any

import asyncpg
import pytest
from benchmarks.database import plain
from benchmarks.dataset import Dataset

WRONG = {
    "tasks whose last event is not of their version, or shows something else": """
        SELECT t.id FROM tasks t LEFT JOIN events e
            ON e.stream_id = t.workspace_id AND e.entity_id = t.id AND e.entity_version = t.version
        WHERE e.snapshot ->> 'title' IS DISTINCT FROM t.title OR (e.snapshot ->> 'number')::int IS DISTINCT FROM t.number
            OR (e.snapshot ->> 'deleted_at' IS NULL) <> (t.deleted_at IS NULL)
    """,
    "projects without event": """
        SELECT p.id FROM projects p LEFT JOIN events e
            ON e.stream_id = p.workspace_id AND e.entity_id = p.id AND e.entity_version = p.version
        WHERE e.snapshot ->> 'key' IS DISTINCT FROM p.key
    """,
    "logs whose counter is not that of their last event, or that have a gap": """
        SELECT s.stream_id FROM event_streams s LEFT JOIN events e USING (stream_id)
        GROUP BY s.stream_id HAVING s.last_seq <> max(e.seq) OR s.last_seq <> count(e.seq)
    """,
    "events of logs without counter": "SELECT id FROM events WHERE stream_id NOT IN (SELECT stream_id FROM event_streams)",
    "projects whose counter is not the number of their newest task": """
        SELECT p.id FROM projects p JOIN tasks t ON t.workspace_id = p.workspace_id AND t.project_id = p.id
        GROUP BY p.id, p.last_number HAVING p.last_number <> max(t.number) OR p.last_number <> count(*)
    """,
    "members without user, or sessions of nobody": """
        SELECT user_id FROM (SELECT user_id FROM members UNION SELECT user_id FROM sessions) AS people
        WHERE user_id NOT IN (SELECT id FROM users)
    """,
    "values in the events of accounts": "SELECT id FROM events WHERE entity_type IN ('user', 'session') AND snapshot IS NOT NULL",
}


@pytest.mark.parametrize("what", WRONG)
def test_nothing_is_wrong(what: str, loaded_url: str, dataset: Dataset) -> None:
    assert _ask(loaded_url, WRONG[what]) == []


def test_some_tasks_are_in_the_trash_and_none_of_these_is_offered(loaded_url: str, dataset: Dataset) -> None:
    trashed = {row[0] for row in _ask(loaded_url, "SELECT id FROM tasks WHERE deleted_at IS NOT NULL")}
    offered = {id for ids in dataset.tasks.values() for id in ids}
    assert trashed
    assert not trashed & offered
    assert len(trashed | offered) == 400


def _ask(url: str, question: str) -> list[Any]:
    async def ask() -> list[Any]:
        connection = await asyncpg.connect(plain(url))
        try:
            return list(await connection.fetch(question))
        finally:
            await connection.close()

    return asyncio.run(ask())
