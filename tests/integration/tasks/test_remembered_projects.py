"""A process remembers projects. What another process changed meanwhile counts all the same, and at once."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest

from integration.conftest import make_container
from support.harness.api import Api, ok
from taskhub.app import TaskHub
from taskhub.container import Container
from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.testing.conformance.round_trips import RoundTrips, recording_round_trips

WORKFLOW = {
    "statuses": [
        {"key": "open", "name": "Open", "category": "todo"},
        {"key": "closed", "name": "Closed", "category": "done"},
    ],
    "transitions": None,
}
STATUS_MAP = {"todo": "open", "in_progress": "open", "done": "closed", "cancelled": "closed"}


@pytest.fixture
async def replica(ada: Api, database_url: str) -> AsyncIterator[Api]:
    """Ada again, at another process on the same database."""
    app = TaskHub(make_container(database_url))
    async with app.router.lifespan_context(app), Api.on(app) as api:
        api.client.headers["authorization"] = ada.client.headers["authorization"]
        api.user, api.workspace, api.project = ada.user, ada.workspace, ada.project
        yield api


@pytest.fixture
def round_trips(database: Database) -> Iterator[RoundTrips]:
    with recording_round_trips(database) as round_trips:
        yield round_trips


@pytest.fixture
async def ada(ada: Api) -> Api:
    """Ada, whose process remembers her project."""
    await ada.add_task()
    return ada


def project_of(api: Api) -> str:
    return f"projects/{api.project['id']}"


async def add(api: Api, **body: Any) -> httpx2.Response:
    return await api.post("tasks", {"project_id": api.project["id"], "title": "Oil the engine", **body})


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_project_that_was_archived_elsewhere_takes_no_tasks(ada: Api, replica: Api) -> None:
    ok(await replica.post(f"{project_of(ada)}/archive"))
    assert refusal(await add(ada)) == (409, "project_archived")


async def test_a_project_that_is_open_again_elsewhere_takes_tasks(ada: Api, replica: Api) -> None:
    ok(await ada.post(f"{project_of(ada)}/archive"))
    assert refusal(await add(ada)) == (409, "project_archived")
    assert refusal(await add(ada)) == (409, "project_archived")
    ok(await replica.post(f"{project_of(ada)}/unarchive"))
    assert (await add(ada)).status_code == 201


async def test_a_project_that_went_to_the_trash_elsewhere_is_not_there(ada: Api, replica: Api) -> None:
    assert (await replica.delete(project_of(ada))).is_success
    assert refusal(await add(ada)) == (422, "unknown_reference")
    ok(await replica.post(f"{project_of(ada)}/restore"))
    assert (await add(ada)).status_code == 201


async def test_a_new_task_gets_the_first_status_of_the_workflow_that_there_is_now(ada: Api, replica: Api) -> None:
    ok(await replica.put(f"{project_of(ada)}/workflow", {**WORKFLOW, "status_map": STATUS_MAP}))
    assert ok(await add(ada))["status"] == "open"


async def test_a_status_that_is_new_elsewhere_is_one(ada: Api, replica: Api) -> None:
    ok(await replica.put(f"{project_of(ada)}/workflow", {**WORKFLOW, "status_map": STATUS_MAP}))
    assert ok(await add(ada, status="closed"))["closed_at"] is not None


async def test_a_change_that_changes_nothing_shows_what_there_is_now(ada: Api, replica: Api) -> None:
    ok(await replica.patch(project_of(ada), {"name": "Renamed"}))
    assert ok(await ada.patch(project_of(ada), {"description": None}))["name"] == "Renamed"


async def test_a_version_that_came_from_elsewhere_is_the_current_one(ada: Api, replica: Api) -> None:
    tag = (await replica.patch(project_of(ada), {"name": "Renamed"})).headers["etag"]
    assert (await ada.patch(project_of(ada), {"name": "Again"}, if_match=tag)).status_code == 200
    assert refusal(await replica.patch(project_of(ada), {"name": "Lost"}, if_match=tag)) == (412, "stale_version")


@pytest.mark.not_on_citus(reason="a commit is several statements there")
async def test_what_this_process_changed_itself_is_read_once_more(ada: Api, round_trips: RoundTrips) -> None:
    ok(await ada.patch(project_of(ada), {"name": "Renamed"}))
    round_trips.clear()
    await add(ada)
    assert len(round_trips) == 2


@pytest.mark.not_on_citus(reason="a commit is several statements there")
async def test_what_changed_elsewhere_is_found_out_once(ada: Api, replica: Api, round_trips: RoundTrips) -> None:
    ok(await replica.patch(project_of(ada), {"name": "Renamed"}))
    costs = []
    for _ in range(3):
        round_trips.clear()
        assert (await add(ada)).status_code == 201
        costs.append(len(round_trips))
    assert costs[1:] == [2, 1]


async def test_that_the_database_is_away_is_told_at_once(
    ada: Api, container: Container, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def acquire() -> None:
        raise Unavailable

    runner = container.modules["tasks"].runner()
    reruns = runner.reruns
    monkeypatch.setattr(database, "acquire", acquire)
    assert refusal(await add(ada)) == (503, "unavailable")
    assert runner.reruns == reruns
