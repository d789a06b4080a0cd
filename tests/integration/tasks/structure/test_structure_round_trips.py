"""How often a request about the structure of work goes to the database: as often for many things as for one."""

from collections import defaultdict
from collections.abc import Coroutine, Iterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from support.harness.api import Api, ok
from taskhub.container import Container
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.testing.conformance.round_trips import RoundTrips, recording_round_trips

MAX = 14
"""Round trips of the most entangled command: locks, members, labels, both graphs, rows and events."""

pytestmark = pytest.mark.usefixtures("ada")

Request = Coroutine[Any, Any, httpx2.Response]


@pytest.fixture
def round_trips(database: Database) -> Iterator[RoundTrips]:
    with recording_round_trips(database) as round_trips:
        yield round_trips


@pytest.fixture(autouse=True)
def lasting_grants(container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine with much to do a test takes longer than a grant is remembered, and reads it again."""
    for cache in (container.modules["users"].authenticator()._sessions, container.modules["workspaces"].grants()._grants):
        monkeypatch.setattr(cache, "_seconds", 600.0)


async def cost_of(request: Request, round_trips: RoundTrips) -> int:
    round_trips.clear()
    answer = await request
    assert answer.is_success, answer.text
    return len(round_trips)


def items_of(api: Api, count: int, **values: Any) -> list[dict[str, Any]]:
    return [{"project_id": api.project["id"], "title": f"Task {n}", **values} for n in range(count)]


async def tasks_of(api: Api, count: int, **values: Any) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = ok(await api.post("tasks/bulk_create", {"items": items_of(api, count, **values)}))["items"]
    return tasks


def assert_fixed(costs: dict[str, set[int]]) -> None:
    """Whether each kind of request always cost the same, and not too much."""
    assert {name: len(different) for name, different in costs.items()} == dict.fromkeys(costs, 1), costs
    assert max(max(different) for different in costs.values()) <= MAX, costs


@pytest.mark.parametrize("count", [0, 1, 30])
async def test_a_list_is_one_round_trip_whatever_its_length(ada: Api, round_trips: RoundTrips, count: int) -> None:
    task = await ada.add_task()
    for n in range(count):
        await ada.post("labels", {"name": f"Label {n}"})
        await ada.post(f"tasks/{task['id']}/comments", {"body": f"Comment {n}"})
    if count:
        await tasks_of(ada, count, parent_id=task["id"], blocked_by_ids=[task["id"]])
    filters = {"parent_id": task["id"], "blocked": "true", "label_id": "none", "project_id": ada.project["id"]}
    for path, parameters in (
        ("labels", {}),
        (f"tasks/{task['id']}/comments", {}),
        (f"tasks/{task['key']}/comments", {"limit": 2}),
        (f"tasks/{task['id']}/history", {}),
        (f"tasks/{task['key']}/history", {}),
        ("tasks", {"sort": "rank", **filters}),
        ("tasks", {"blocks": task["id"], "sort": "rank"}),
    ):
        assert await cost_of(ada.get(path, **parameters), round_trips) == 1, path


async def test_a_read_of_one_thing_is_one_round_trip(ada: Api, round_trips: RoundTrips) -> None:
    task, label = await ada.add_task(), ok(await ada.post("labels", {"name": "Bug"}))
    comment = ok(await ada.post(f"tasks/{task['id']}/comments", {"body": "Done yet?"}))
    for path in (f"labels/{label['id']}", f"tasks/{task['key']}/comments/{comment['id']}"):
        assert await cost_of(ada.get(path), round_trips) == 1, path


async def cost_of_creating(api: Api, round_trips: RoundTrips, count: int, **values: Any) -> int:
    body = {"items": items_of(api, count, **values)}
    return await cost_of(api.post("tasks/bulk_create", body, idempotency_key=uuid4().hex), round_trips)


async def cost_of_changing(api: Api, round_trips: RoundTrips, tasks: list[dict[str, Any]], **patch: Any) -> int:
    body = {"items": [{"id": task["id"], "patch": patch} for task in tasks]}
    return await cost_of(api.post("tasks/bulk_update", body, idempotency_key=uuid4().hex), round_trips)


async def test_a_batch_costs_the_same_for_1_10_and_100_tasks(ada: Api, round_trips: RoundTrips) -> None:
    label, other = ok(await ada.post("labels", {"name": "Bug"})), ok(await ada.post("labels", {"name": "UI"}))
    parent = await ada.add_task()
    full = {
        "label_ids": [label["id"], other["id"]],
        "assignee_ids": [ada.user["id"]],
        "parent_id": parent["id"],
        "blocked_by_ids": [parent["id"]],
    }
    costs: defaultdict[str, set[int]] = defaultdict(set)
    for count in (1, 10, 100):
        costs["create"].add(await cost_of_creating(ada, round_trips, count))
        costs["create with all"].add(await cost_of_creating(ada, round_trips, count, **full))
        tasks = await tasks_of(ada, count)
        costs["change"].add(await cost_of_changing(ada, round_trips, tasks, title="Changed"))
        costs["change all"].add(await cost_of_changing(ada, round_trips, tasks, **full))
    assert_fixed(costs)


async def test_what_takes_along_many_tasks_costs_the_same_as_for_one(ada: Api, round_trips: RoundTrips) -> None:
    costs: defaultdict[str, set[int]] = defaultdict(set)
    for count in (1, 10, 100):
        project = await ada.open_project(key=f"P{count}")
        target = await ada.open_project(key=f"T{count}")
        label = ok(await ada.post("labels", {"name": f"Label {count}"}))
        ada.project = project
        parent = await ada.add_task()
        await tasks_of(ada, count, parent_id=parent["id"], label_ids=[label["id"]])
        path = f"tasks/{parent['id']}"
        workflow = {"statuses": [{"key": "a", "name": "A", "category": "todo"}], "transitions": None, "status_map": {"todo": "a"}}
        steps: dict[str, Request] = {
            "delete": ada.delete(path),
            "restore": ada.post(f"{path}/restore"),
            "move": ada.post(f"{path}/move", {"to": "first", "project_id": target["id"]}),
            "label": ada.delete(f"labels/{label['id']}"),
            "workflow": ada.put(f"projects/{target['id']}/workflow", workflow),
        }
        for name, step in steps.items():
            costs[name].add(await cost_of(step, round_trips))
    assert_fixed(costs)


@pytest.mark.not_on_citus(reason="a commit is several statements there")
async def test_one_edge_or_place_costs_what_the_decisions_tell(ada: Api, round_trips: RoundTrips) -> None:
    first, second = await ada.add_task(), await ada.add_task()
    path = f"tasks/{first['id']}"
    requests: dict[str, Request] = {
        "block": ada.put(f"{path}/blockers/{second['id']}"),
        "put under": ada.patch(path, {"parent_id": second["id"]}),
        "move": ada.post(f"{path}/move", {"to": "last"}),
        "move beside": ada.post(f"{path}/move", {"before": second["id"]}),
    }
    costs = {name: await cost_of(request, round_trips) for name, request in requests.items()}
    assert costs == {"block": 7, "put under": 5, "move": 2, "move beside": 2}
