"""Floors that were fast because they lose events would be no measure."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from benchmarks.database import plain
from benchmarks.dataset import Dataset
from benchmarks.floor.auth import Claims, Refused
from benchmarks.floor.bodies import NewTask
from benchmarks.floor.single import Single
from benchmarks.floor.steps import Steps
from benchmarks.floor.store import Batch, Drafts, Move, Remark, Store
from uuid_utils.compat import uuid7

WORKERS, REQUESTS = 8, 20
WRONG = {
    "a log has a gap": """
        SELECT s.stream_id FROM event_streams s JOIN events e USING (stream_id)
        GROUP BY s.stream_id HAVING s.last_seq <> max(e.seq) OR s.last_seq <> count(e.seq)
    """,
    "a version has no event, or more than one": """
        SELECT t.id FROM tasks t JOIN events e ON e.stream_id = t.workspace_id AND e.entity_id = t.id
        GROUP BY t.id, t.version HAVING t.version <> count(*) OR t.version <> max(e.entity_version)
    """,
    "the last event shows something else": """
        SELECT t.id FROM tasks t JOIN events e
            ON e.stream_id = t.workspace_id AND e.entity_id = t.id AND e.entity_version = t.version
        WHERE (e.snapshot ->> 'version')::int <> t.version OR e.snapshot -> 'due' ->> 'date' IS DISTINCT FROM t.due_date::text
    """,
}


@pytest.mark.parametrize("floor", [Steps, Single])
async def test_the_log_is_whole_after_requests_that_race(floor: type[Store], loaded_url: str, dataset: Dataset) -> None:
    workspace_id = next(iter(dataset.projects))
    project_id = dataset.projects[workspace_id][0]
    tasks = dataset.tasks_of[project_id][:12]
    seat = dataset.seats[workspace_id][0]
    cause = {
        "workspace_id": workspace_id,
        "claims": Claims(seat.user_id, seat.session_id, 2**40),
        "request_id": "racing",
    }
    async with asyncpg.create_pool(plain(loaded_url), min_size=WORKERS, max_size=WORKERS) as pool:
        store = floor(pool)
        await asyncio.gather(*(_work(random.Random(worker), store, cause, project_id, tasks) for worker in range(WORKERS)))
        wrong = [what for what, question in WRONG.items() if await pool.fetch(question)]
    assert not wrong


async def _work(source: random.Random, store: Store, cause: dict[str, Any], project_id: UUID, tasks: list[UUID]) -> None:
    async def move() -> None:
        task_id, other_id = source.sample(tasks, 2)
        await store.move(Move(**cause, task_id=task_id, before=source.random() < 0.5, other_id=other_id))

    async def put_off() -> None:
        dates = {id: date(2031, 1, source.randrange(1, 29)) for id in source.sample(tasks, 4)}
        await store.change_many(Batch(**cause, dates=dates))

    async def create() -> None:
        bodies = {uuid7(): NewTask(project_id, f"Racing {number}") for number in range(3)}
        await store.create_many(Drafts(**cause, project_id=project_id, bodies=bodies))

    async def comment() -> None:
        await store.comment(Remark(**cause, task_id=source.choice(tasks), body="Racing."))

    requests: tuple[Callable[[], Awaitable[None]], ...] = (move, put_off, create, comment)
    for _ in range(REQUESTS):
        with suppress(Refused):  # The second floor gives up where it always finds that something changed meanwhile.
            await source.choice(requests)()
