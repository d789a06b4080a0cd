"""The order of a project's tasks, while many clients move them at once."""

from collections.abc import AsyncIterator
from random import Random
from uuid import UUID

import pytest

from integration.conftest import make_container
from support.harness.api import Api
from support.harness.concurrency.clients import ClientGroup, Request, recorded_exchange
from support.harness.concurrency.decision_windows import DecisionWindows
from support.harness.concurrency.order_history import OrderHistory, added, ranks_in, tasks_by_rank
from support.harness.event_log import read_log
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.tasks.domain.rank import MAX_LENGTH

SECONDS = 30.0
CLIENTS = 32
TASKS, LANDMARKS = 200, 20
"""Landmarks are stood beside, and never moved."""


@pytest.fixture
async def group(database_url: str) -> AsyncIterator[ClientGroup]:
    async with ClientGroup.on([make_container(database_url) for _ in range(2)], CLIENTS) as group:
        await group.leader.open_workspace()
        await group.leader.open_project()
        group.follow()
        yield group


@pytest.mark.long
async def test_moves_at_random_end_in_an_order_that_they_give_one_after_the_other(group: ClientGroup, database: Database) -> None:
    tasks, landmarks = await added(group.leader, TASKS), await added(group.leader, LANDMARKS)

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
        exchange = await group.send(api, Request("POST", f"tasks/{id}/move", place))
        assert exchange.status == 200, exchange

    async def shuffle_and_create(api: Api, random: Random) -> None:
        await shuffle(api, random)
        created = await recorded_exchange(api, Request("POST", "tasks", {"project_id": api.project["id"], "title": "One more"}))
        tasks.append(created.answer["id"])

    async def rename(api: Api, random: Random) -> None:
        renamed = await recorded_exchange(api, Request("PATCH", f"tasks/{random.choice(tasks)}", {"title": f"{random.random()}"}))
        assert renamed.status == 200, renamed

    await group.act(SECONDS, *[shuffle] * (CLIENTS - 2), shuffle_and_create, rename)

    log = await read_log(database, UUID(group.leader.workspace["id"]))
    order = OrderHistory.replayed(log, {exchange.id: exchange for exchange in group.exchanges})
    in_rank = await tasks_by_rank(group.leader)
    assert [task["id"] for task in in_rank] == order.ids
    assert {task["id"]: task["version"] for task in in_rank} == {id: 1 + order.changes[id] for id in order.ids}
    assert order.changes.keys().isdisjoint(landmarks)

    windows = DecisionWindows(group.exchanges, log)
    idle = [exchange for exchange in group.exchanges if exchange.id not in windows.seqs]
    assert all(order.was_already_there(exchange, windows.of(exchange)) for exchange in idle)
    assert len(group.exchanges) - len(idle) == sum(event["type"] == "task.moved" for event in log) > TASKS

    ranks = await ranks_in(database, group.leader.project)
    assert [*ranks] == order.ids
    assert max(map(len, ranks.values())) <= MAX_LENGTH
