"""Trees of subtasks and the graph of blockers, while many clients tear at them at once."""

from collections import Counter
from collections.abc import AsyncIterator
from random import Random
from uuid import UUID

import pytest

from integration.conftest import make_container
from support.api import Api
from support.crowds import Crowd, Exchange
from support.forest import DEEDS, EXPECTED, Forest, changed_by, wanted_by
from support.graphs import BLOCKERS, PARENTS, Graphs
from support.log import Event, read_log
from support.windows import Windows
from taskhub.kernel.infrastructure.postgres.database import Database

SECONDS = 30.0
CLIENTS = 32
WORKSPACES, PROJECTS, TASKS = 3, 4, 7
"""Few tasks, so that most edges would close a cycle soon."""


@pytest.fixture
async def crowd(database_url: str) -> AsyncIterator[Crowd]:
    async with Crowd.on([make_container(database_url) for _ in range(2)], CLIENTS) as crowd:
        yield crowd


async def test_edges_inserted_at_random_never_close_a_cycle(crowd: Crowd, database: Database) -> None:
    forests = [await Forest.planted(crowd.leader, projects=PROJECTS, tasks=TASKS) for _ in range(WORKSPACES)]
    done: set[str] = set()

    async def tear(api: Api, random: Random) -> None:
        forest, deed = random.choice(forests), random.choices([*DEEDS], [*DEEDS.values()])[0]
        exchange = await crowd.send(api, deed(forest, random))
        assert exchange.outcome in EXPECTED, exchange
        forest.hear(exchange)
        if exchange.status < 300:
            done.add(deed.__name__)

    await crowd.act(SECONDS, tear)
    assert done == {deed.__name__ for deed in DEEDS}

    refused: Counter[str] = Counter()
    for forest in forests:
        log = await read_log(database, UUID(forest.workspace_id))
        graphs = Graphs.grown_by(log)
        refused += real_cycles(crowd.exchanges, graphs, log)
        assert await forest.seen_by(crowd.leader) == graphs.tasks
    assert refused.total() == sum(exchange.code == "cycle" for exchange in crowd.exchanges)
    assert min(refused[PARENTS], refused[BLOCKERS]) > SECONDS


def real_cycles(exchanges: list[Exchange], graphs: Graphs, log: list[Event]) -> Counter[str]:
    """How many edges of these graphs were refused, by their kind. Each would have closed a cycle when it was."""
    windows, refused = Windows(exchanges, log), Counter[str]()
    for exchange in exchanges:
        if exchange.code == "cycle" and (path := exchange.answer["path"])[0] in graphs.tasks:
            window = windows.of(exchange)
            assert path[0] == changed_by(exchange)
            kinds = [kind for kind, edges in wanted_by(exchange).items() if graphs.is_cycle(kind, path, edges, window)]
            assert len(kinds) == 1, (exchange, window)
            refused[kinds[0]] += 1
    return refused
