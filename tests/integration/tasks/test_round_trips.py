"""How often a request goes to the database: the figures that the design promises."""

from collections.abc import Iterator

import pytest

from support.harness.api import Api
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.testing.conformance.round_trips import recording_round_trips

pytestmark = pytest.mark.usefixtures("ada")


@pytest.fixture
def round_trips(database: Database) -> Iterator[list[str]]:
    with recording_round_trips(database) as round_trips:
        yield round_trips


async def test_a_create_is_one_round_trip_once_the_project_is_known(ada: Api, database: Database, round_trips: list[str]) -> None:
    costs = []
    for _ in range(3):
        round_trips.clear()
        await ada.add_task()
        costs.append(len(round_trips))
    in_steps = 6  # BEGIN, the number of the task, the task, that of the event, the event, and COMMIT.
    assert costs == ([1 + in_steps, in_steps, in_steps] if database.is_distributed else [2, 1, 1])


@pytest.mark.not_on_citus(reason="a commit is several statements there")
async def test_a_create_with_assignees_and_a_key_costs_no_more(ada: Api, round_trips: list[str]) -> None:
    body = {"project_id": ada.project["id"], "title": "Oil", "assignee_ids": [ada.user["id"]]}
    await ada.add_task()
    round_trips.clear()
    assert (await ada.post("tasks", body, idempotency_key="k")).status_code == 201
    assert len(round_trips) == 1


async def test_a_patch_that_changes_nothing_is_one_round_trip(ada: Api, round_trips: list[str]) -> None:
    task = await ada.add_task()
    round_trips.clear()
    await ada.patch(f"tasks/{task['id']}", {"title": task["title"]})
    assert len(round_trips) == 1


async def test_a_cold_get_adds_the_caller_and_the_membership(ada: Api, guest: Api, round_trips: list[str]) -> None:
    task = await ada.add_task()
    await ada.invite(guest)
    await guest.sign_in(guest.user["email"])
    round_trips.clear()
    assert (await guest.get(f"tasks/{task['id']}")).status_code == 200
    assert len(round_trips) == 3
