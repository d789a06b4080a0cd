"""The order of a project's tasks, while many clients move them at once."""

from collections.abc import AsyncIterator
from random import Random
from uuid import UUID

import pytest

from integration.conftest import make_container
from support.api import Api, made
from support.crowds import Crowd, Request
from support.log import read_log
from support.orders import PlayedOrder, added, ranks_in, tasks_by_rank
from support.windows import Windows
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.tasks.domain.rank import LONGEST

SECONDS = 30.0
CLIENTS = 32
TASKS, LANDMARKS = 200, 20
"""Landmarks are stood beside, and never moved."""


@pytest.fixture
async def crowd(database_url: str) -> AsyncIterator[Crowd]:
    async with Crowd.on([make_container(database_url) for _ in range(2)], CLIENTS) as crowd:
        await crowd.leader.open_workspace()
        await crowd.leader.open_project()
        crowd.follow()
        yield crowd


async def test_moves_at_random_end_in_an_order_that_they_give_one_after_the_other(crowd: Crowd, database: Database) -> None:
    tasks, landmarks = await added(crowd.leader, TASKS), await added(crowd.leader, LANDMARKS)

    async def shuffle(api: Api, random: Random) -> None:
        id, other = random.sample(tasks, 2)
        place = random.choice(
            [
                {"before": random.choice(landmarks)},
                {"before": other},
                {"after": other},
                {"after": landmarks[0]},  # Into one and the same gap, until there is no room in it.
                {"to": "first"},
                {"to": "last"},
            ]
        )
        exchange = await crowd.send(api, Request("POST", f"tasks/{id}/move", place))
        assert exchange.status == 200, exchange

    async def shuffle_and_create(api: Api, random: Random) -> None:
        await shuffle(api, random)
        tasks.append((await api.add_task())["id"])

    async def rename(api: Api, random: Random) -> None:
        made(await api.patch(f"tasks/{random.choice(tasks)}", {"title": f"{random.random()}"}))

    await crowd.act(SECONDS, *[shuffle] * (CLIENTS - 2), shuffle_and_create, rename)

    log = await read_log(database, UUID(crowd.leader.workspace["id"]))
    order = PlayedOrder.played(log, {exchange.id: exchange for exchange in crowd.exchanges})
    in_rank = await tasks_by_rank(crowd.leader)
    assert [task["id"] for task in in_rank] == order.ids
    assert {task["id"]: task["version"] for task in in_rank} == {id: 1 + order.changes[id] for id in order.ids}
    assert order.changes.keys().isdisjoint(landmarks)

    windows = Windows(crowd.exchanges, log)
    idle = [exchange for exchange in crowd.exchanges if exchange.id not in windows.seqs]
    assert all(order.stood_there(exchange, windows.of(exchange)) for exchange in idle)
    assert len(crowd.exchanges) - len(idle) == sum(event["type"] == "task.moved" for event in log) > TASKS

    ranks = await ranks_in(database, crowd.leader.project)
    assert [*ranks] == order.ids
    assert max(map(len, ranks.values())) <= LONGEST
