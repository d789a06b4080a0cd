"""Loaded data is as if the service had written it: each thing has its events, each counter has counted."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from benchmarks.database import plain
from benchmarks.dataset import Dataset, Size, load

from support.harness.databases import cloned_database

WRONG = {
    "tasks whose last event is not of their version, or shows something else": """
        SELECT t.id FROM tasks t LEFT JOIN events e
            ON e.stream_id = t.workspace_id AND e.entity_id = t.id AND e.entity_version = t.version
        WHERE e.snapshot ->> 'title' IS DISTINCT FROM t.title OR (e.snapshot ->> 'number')::int IS DISTINCT FROM t.number
            OR (e.snapshot ->> 'deleted_at' IS NULL) <> (t.deleted_at IS NULL)
            OR e.snapshot -> 'label_ids' <> to_jsonb(t.label_ids) OR e.snapshot -> 'blocked_by_ids' <> to_jsonb(t.blocked_by_ids)
            OR e.snapshot ->> 'parent_id' IS DISTINCT FROM t.parent_id::text
    """,
    "projects without event": """
        SELECT p.id FROM projects p LEFT JOIN events e
            ON e.stream_id = p.workspace_id AND e.entity_id = p.id AND e.entity_version = p.version
        WHERE e.snapshot ->> 'key' IS DISTINCT FROM p.key OR e.snapshot -> 'workflow' <> p.workflow::jsonb
    """,
    "labels without event": """
        SELECT l.id FROM labels l LEFT JOIN events e
            ON e.stream_id = l.workspace_id AND e.entity_id = l.id AND e.entity_version = l.version
        WHERE e.snapshot ->> 'name' IS DISTINCT FROM l.name
    """,
    "logs whose counter is not that of their last event, or that have a gap": """
        SELECT s.stream_id FROM event_streams s LEFT JOIN events e USING (stream_id)
        GROUP BY s.stream_id HAVING s.last_seq <> max(e.seq) OR s.last_seq <> count(e.seq)
    """,
    "events of logs without counter": "SELECT id FROM events WHERE stream_id NOT IN (SELECT stream_id FROM event_streams)",
    "projects whose counters are not the number and the place of their newest task": """
        SELECT p.id FROM projects p JOIN tasks t ON t.workspace_id = p.workspace_id AND t.project_id = p.id
        GROUP BY p.workspace_id, p.id, p.last_number, p.last_place
        HAVING p.last_number <> max(t.number) OR p.last_number <> count(*)
            OR max(t.rank) <> 'i' || lpad(p.last_place::text, 9, '0')
    """,
    "tasks with a label that is not there": """
        SELECT t.id FROM tasks t, unnest(t.label_ids) AS label_id
        WHERE label_id NOT IN (SELECT id FROM labels l WHERE l.workspace_id = t.workspace_id)
    """,
    "tasks under one that is not there, or of another project": """
        SELECT t.id FROM tasks t LEFT JOIN tasks p ON p.workspace_id = t.workspace_id AND p.id = t.parent_id
        WHERE t.parent_id IS NOT NULL AND (p.project_id = t.project_id AND p.deleted_at IS NULL) IS NOT TRUE
    """,
    "tasks deeper than five levels": """
        WITH RECURSIVE line AS (
            SELECT workspace_id, id, 1 AS level FROM tasks WHERE parent_id IS NULL
            UNION ALL SELECT t.workspace_id, t.id, level + 1
            FROM tasks t JOIN line ON t.workspace_id = line.workspace_id AND t.parent_id = line.id
        )
        SELECT id FROM line WHERE level > 5
    """,
    "tasks that wait for one that is not there, or came later": """
        SELECT t.id FROM tasks t CROSS JOIN unnest(t.blocked_by_ids) AS blocker_id
            LEFT JOIN tasks b ON b.workspace_id = t.workspace_id AND b.id = blocker_id
        WHERE (b.created_at < t.created_at AND b.deleted_at IS NULL) IS NOT TRUE
    """,
    "members without user, or sessions of nobody": """
        SELECT user_id FROM (SELECT user_id FROM members UNION SELECT user_id FROM sessions) AS people
        WHERE user_id NOT IN (SELECT id FROM users)
    """,
    "events that name another workspace than their log": """
        SELECT id FROM events WHERE snapshot ->> 'workspace_id' <> stream_id::text
            OR changes -> 'workspace_id' ->> 1 <> stream_id::text OR entity_type = 'workspace' AND entity_id <> stream_id
    """,
    "events that share an id": "SELECT id FROM events GROUP BY id HAVING count(*) > 1",
    "values in the events of accounts": "SELECT id FROM events WHERE entity_type IN ('user', 'session') AND snapshot IS NOT NULL",
}
TO_FIND = {
    "tasks with several labels": "SELECT id FROM tasks WHERE cardinality(label_ids) > 1",
    "subtasks of subtasks": "SELECT t.id FROM tasks t JOIN tasks p ON p.id = t.parent_id WHERE p.parent_id IS NOT NULL",
    "tasks that wait for an open one": """
        SELECT t.id FROM tasks t JOIN tasks b ON b.id = ANY(t.blocked_by_ids) WHERE t.deleted_at IS NULL AND b.closed_at IS NULL
    """,
    "tasks that wait for a closed one": """
        SELECT t.id FROM tasks t JOIN tasks b ON b.id = ANY(t.blocked_by_ids) WHERE b.closed_at IS NOT NULL
    """,
}


@pytest.fixture(scope="module", params=[1, 3], ids=["made one by one", "copied"])
def copies(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def loaded_url(template_url: str, copies: int) -> Iterator[str]:
    with cloned_database(template_url) as url:
        yield url


@pytest.fixture(scope="module")
def dataset(loaded_url: str, copies: int) -> Dataset:
    size = Size(workspaces=3, projects=6, tasks=600, users=6, memberships_per_user=2, copies=copies)
    return asyncio.run(load(loaded_url, size))


@pytest.mark.parametrize("what", WRONG)
def test_nothing_is_wrong(what: str, loaded_url: str, dataset: Dataset) -> None:
    assert _ask(loaded_url, WRONG[what]) == []


@pytest.mark.parametrize("what", TO_FIND)
def test_filters_have_something_to_find(what: str, loaded_url: str, dataset: Dataset) -> None:
    assert _ask(loaded_url, TO_FIND[what])


def test_some_tasks_are_in_the_trash_and_none_of_these_is_offered(loaded_url: str, dataset: Dataset) -> None:
    trashed = {row[0] for row in _ask(loaded_url, "SELECT id FROM tasks WHERE deleted_at IS NOT NULL")}
    offered = {id for ids in dataset.tasks.values() for id in ids}
    assert trashed
    assert not trashed & offered
    assert len(trashed | offered) == 600


def test_what_is_offered_of_a_project_stands_in_its_order(loaded_url: str, dataset: Dataset) -> None:
    for workspace_id, project_ids in dataset.projects.items():
        for project_id in project_ids:
            where = f"workspace_id = '{workspace_id}' AND project_id = '{project_id}' AND deleted_at IS NULL"
            rows = _ask(loaded_url, f"SELECT id FROM tasks WHERE {where} ORDER BY rank")
            assert dataset.tasks_of[project_id] == [row["id"] for row in rows]


def test_every_workspace_has_its_tasks(loaded_url: str, dataset: Dataset, copies: int) -> None:
    rows = _ask(loaded_url, "SELECT workspace_id, count(*) FROM tasks GROUP BY workspace_id")
    assert dict(rows) == dict.fromkeys(dataset.tasks, 200)
    assert len(rows) == 3 * copies


def test_tables_have_the_indexes_that_they_had(template_url: str, loaded_url: str, dataset: Dataset) -> None:
    question = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    keys = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'p' ORDER BY 1"
    assert [_ask(loaded_url, each) for each in (question, keys)] == [_ask(template_url, each) for each in (question, keys)]


def _ask(url: str, question: str) -> list[Any]:
    async def ask() -> list[Any]:
        connection = await asyncpg.connect(plain(url))
        try:
            return list(await connection.fetch(question))
        finally:
            await connection.close()

    return asyncio.run(ask())
