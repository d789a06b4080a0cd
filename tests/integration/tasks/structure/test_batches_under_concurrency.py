"""Mixed batches over the same things, among single writes, at once: no deadlock, no other 5xx than busy, all or nothing."""

from collections.abc import AsyncIterator
from random import Random
from typing import Any

import asyncpg
import pytest

from integration.conftest import make_container
from support.harness.api import Api
from support.harness.concurrency.clients import ClientGroup, Request
from support.harness.concurrency.lock_outcomes import deadlocks_in, tasks_without_all_their_events
from support.harness.mixed_writes import MixedWrites, fill, send_alone

SECONDS, SECONDS_BRIEFLY = 60.0, 3.0
BATCHERS, OTHERS = 16, 4
OPERATIONS = 50


@pytest.fixture(params=[1, 2], ids=["one_process", "two_processes"])
async def group(own_url: str, request: pytest.FixtureRequest) -> AsyncIterator[ClientGroup]:
    """A slow machine may say that others take too long: then it is sent again."""
    containers = [make_container(own_url) for _ in range(request.param)]
    async with ClientGroup.on(containers, BATCHERS + OTHERS) as group:
        await group.leader.open_workspace()
        yield group


@pytest.mark.long
async def test_batches_never_run_into_a_deadlock(group: ClientGroup, own_url: str) -> None:
    await run_batches(group, own_url, SECONDS)


async def test_batches_are_all_or_nothing(group: ClientGroup, own_url: str) -> None:
    await run_batches(group, own_url, SECONDS_BRIEFLY)


async def run_batches(group: ClientGroup, url: str, seconds: float) -> None:
    writes = MixedWrites(0, group.leader.user["id"])
    await fill(group.leader, writes.beginning())
    group.follow()
    own = {id(client): writes.over_the_same(number + 1) for number, client in enumerate(group.clients)}
    markers: dict[str, list[str]] = {}

    async def send_batch(api: Api, random: Random) -> None:
        mine = own[id(api)]
        first, last = mine.marker(), mine.marker()
        operations = [first, *(mine.next_good() for _ in range(OPERATIONS - 2)), last]
        exchange = await group.send(api, Request("POST", "batch", {"operations": operations}))
        assert exchange.status in {200, 409}, exchange.answer
        markers[exchange.id] = [first["body"]["id"], last["body"]["id"]]

    async def send_one(api: Api, random: Random) -> None:
        answer = await send_alone(api, own[id(api)].next_good())
        assert answer.status_code < 500, answer.text

    await group.act(seconds, *[send_batch] * (BATCHERS // OTHERS), send_one)

    committed = [exchange for exchange in group.exchanges if exchange.status == 200]
    assert committed
    assert await deadlocks_in(url) == []
    assert await tasks_without_all_their_events(url) == 0
    logged = await commits_by_request(url)
    for exchange in group.exchanges:
        commits, created = logged.get(exchange.id, (set(), set()))
        assert len(commits) == (exchange.status == 200)
        assert created.issuperset(markers[exchange.id]) == (exchange.status == 200)


async def commits_by_request(url: str) -> dict[str, tuple[set[int], set[str]]]:
    """The commands of each request, and what they created."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        rows: list[Any] = await connection.fetch(
            "SELECT request_id, coalesce(commit_seq, seq) AS commit, entity_id, entity_version FROM events"
        )
    finally:
        await connection.close()
    found: dict[str, tuple[set[int], set[str]]] = {}
    for row in rows:
        commits, created = found.setdefault(row["request_id"], (set(), set()))
        commits.add(row["commit"])
        if row["entity_version"] == 1:
            created.add(str(row["entity_id"]))
    return found
