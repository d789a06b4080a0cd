"""Batches of changes over the same tasks, among all else that locks rows, at once: nobody waits for each other in a ring."""

import asyncio
from collections.abc import AsyncIterator
from random import Random
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from integration.conftest import make_container
from support.harness.api import Api, ok
from support.harness.concurrency.clients import ClientGroup
from support.harness.concurrency.lock_outcomes import deadlocks_in, tasks_without_all_their_events
from support.harness.concurrency.order_history import added
from support.harness.concurrency.writes import ACTIONS, ConcurrentWrites
from taskhub.tasks.application.tasks import places

SECONDS = 60.0
SECONDS_APART = 10.0
BATCHERS, MEDDLERS = 16, 4
CLIENTS = BATCHERS + MEDDLERS
REPLICAS = 8
"""In each of them batches wait for each other; the replicas meet in the database."""
TASKS = 100


@pytest.fixture
async def group(own_url: str) -> AsyncIterator[ClientGroup]:
    async with ClientGroup.on([make_container(own_url) for _ in range(REPLICAS)], CLIENTS) as group:
        await group.leader.open_workspace()
        yield group


@pytest.mark.long
async def test_batches_over_the_same_tasks_never_run_into_a_deadlock(group: ClientGroup, own_url: str) -> None:
    work = ConcurrentWrites(group)
    await work.prepare()
    await group.act(SECONDS, *[work.change_many] * (BATCHERS // MEDDLERS), work.interfere)
    assert work.interfered == {*ACTIONS}
    assert work.batches[200] > 0.9 * work.batches.total() > SECONDS
    assert await deadlocks_in(own_url) == []
    assert await tasks_without_all_their_events(own_url) == 0


@pytest.mark.parametrize("others", ["labels", "members"])
async def test_tasks_that_move_apart_do_not_deadlock_with_changes_of_tasks_anywhere(
    group: ClientGroup, own_url: str, monkeypatch: pytest.MonkeyPatch, others: str
) -> None:
    monkeypatch.setattr(places, "MAX_LENGTH", 11)  # Room is made every few moves.
    await group.leader.open_project()
    group.follow()
    landmark, *tasks = await added(group.leader, TASKS)
    guest = group.clients.pop()
    await guest.sign_up()

    async def move(api: Api, random: Random) -> None:
        ok(await api.post(f"tasks/{random.choice(tasks)}/move", {"after": landmark}))

    async def label_for_a_while(api: Api, random: Random) -> None:
        label_id = ok(await api.post("labels", {"name": uuid4().hex}))["id"]
        await change_all(api, {"label_ids": [label_id]})
        await api.delete(f"labels/{label_id}")

    async def join_for_a_while(api: Api, random: Random) -> None:
        member = await api.invite(guest)
        await change_all(api, {"assignee_ids": [member["user_id"]]})
        await guest.delete("members/me")

    async def change_all(api: Api, patch: Any) -> None:
        ok(await api.post("tasks/bulk_update", {"items": [{"id": id, "patch": patch} for id in tasks]}))

    acts = {"labels": [label_for_a_while] * 4, "members": [join_for_a_while]}[others]
    await group.act(SECONDS_APART, *acts, *[move] * CLIENTS)
    assert await deadlocks_in(own_url) == []


async def test_the_log_of_the_server_would_tell_of_a_deadlock(own_url: str) -> None:
    one, other = [await asyncpg.connect(own_url.replace("+asyncpg", "")) for _ in range(2)]
    await one.execute("CREATE TABLE things AS SELECT generate_series(1, 2) AS id")
    both_have_one = asyncio.Barrier(2)
    with pytest.raises(asyncpg.DeadlockDetectedError):
        await asyncio.gather(lock(one, 1, 2, both_have_one), lock(other, 2, 1, both_have_one))
    await one.close()
    await other.close()
    assert await deadlocks_in(own_url) != []


async def lock(connection: asyncpg.Connection, first: int, second: int, both_have_one: asyncio.Barrier) -> None:
    async with connection.transaction():
        await connection.execute("SELECT FROM things WHERE id = $1 FOR UPDATE", first)
        await both_have_one.wait()
        await connection.execute("SELECT FROM things WHERE id = $1 FOR UPDATE", second)
