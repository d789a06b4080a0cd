"""Trees of subtasks and the graph of blockers, while many clients tear at them at once."""

from collections import Counter
from collections.abc import AsyncIterator
from random import Random
from uuid import UUID

import pytest

from integration.conftest import make_container
from support.harness.api import Api
from support.harness.concurrency.clients import ClientGroup, Exchange
from support.harness.concurrency.decision_windows import DecisionWindows
from support.harness.concurrency.graph_history import BLOCKERS, PARENTS, GraphHistory
from support.harness.concurrency.task_graph import ACTIONS, EXPECTED, TaskGraph, requested_edges, target_of
from support.harness.event_log import Event, read_log
from taskhub.kernel.infrastructure.postgres.database import Database

SECONDS = 30.0
CLIENTS = 32
WORKSPACES, PROJECTS, TASKS = 3, 4, 7
"""Few tasks, so that most edges would close a cycle soon."""


@pytest.fixture
async def group(database_url: str) -> AsyncIterator[ClientGroup]:
    async with ClientGroup.on([make_container(database_url) for _ in range(2)], CLIENTS) as group:
        yield group


@pytest.mark.long
async def test_edges_inserted_at_random_never_close_a_cycle(group: ClientGroup, database: Database) -> None:
    all_graphs = [await TaskGraph.create(group.leader, projects=PROJECTS, tasks=TASKS) for _ in range(WORKSPACES)]
    done: set[str] = set()

    async def tear(api: Api, random: Random) -> None:
        graph, action = random.choice(all_graphs), random.choices([*ACTIONS], [*ACTIONS.values()])[0]
        exchange = await group.send(api, action(graph, random))
        assert exchange.outcome in EXPECTED, exchange
        graph.record(exchange)
        if exchange.status < 300:
            done.add(action.__name__)

    await group.act(SECONDS, tear)
    assert done == {action.__name__ for action in ACTIONS}

    refused: Counter[str] = Counter()
    for graph in all_graphs:
        log = await read_log(database, UUID(graph.workspace_id))
        history = GraphHistory.replayed(log)
        refused += real_cycles(group.exchanges, history, log)
        assert await graph.fetched_by(group.leader) == history.tasks
    assert refused.total() == sum(exchange.code == "cycle" for exchange in group.exchanges)
    assert min(refused[PARENTS], refused[BLOCKERS]) > 0


def real_cycles(exchanges: list[Exchange], history: GraphHistory, log: list[Event]) -> Counter[str]:
    """How many edges of these graphs were refused, by their kind. Each would have closed a cycle when it was."""
    windows, refused = DecisionWindows(exchanges, log), Counter[str]()
    for exchange in exchanges:
        if exchange.code == "cycle" and (path := exchange.answer["path"])[0] in history.tasks:
            window = windows.of(exchange)
            assert path[0] == target_of(exchange)
            kinds = [kind for kind, edges in requested_edges(exchange).items() if history.is_cycle(kind, path, edges, window)]
            assert len(kinds) == 1, (exchange, window)
            refused[kinds[0]] += 1
    return refused
