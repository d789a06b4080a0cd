"""What accounts cost: round trips to the database."""

from collections.abc import Iterator

import pytest

from support.harness.accounts import registration
from support.harness.api import Api
from taskhub.kernel.infrastructure.postgres.database import Database


@pytest.fixture
def round_trips(mira: Api) -> Iterator[list[str]]:
    database: Database = mira.client._transport.app.state.container.database()  # type: ignore[attr-defined]  # The app behind the client.
    seen: list[str] = []
    database.round_trips = seen
    yield seen
    database.round_trips = None


def asked(seen: list[str]) -> int:
    """How many round trips there were, but for those of the subscribers in the background."""
    return sum(1 for sql in seen if any(table in sql for table in ("users", "sessions", "api_tokens", "BEGIN", "COMMIT")))


async def test_reading_ones_account_costs_one_more_when_cold(mira: Api, round_trips: list[str]) -> None:
    await mira.get("/v1/users/me")
    assert asked(round_trips) == 2
    round_trips.clear()
    await mira.get("/v1/users/me")
    assert asked(round_trips) == 1


async def test_a_list_costs_one(mira: Api, round_trips: list[str]) -> None:
    await mira.get("/v1/users/me")
    round_trips.clear()
    await mira.get("/v1/sessions")
    await mira.get("/v1/tokens")
    assert asked(round_trips) == 2


@pytest.mark.not_on_citus(reason="a commit is several statements there")
async def test_registering_costs_one(mira: Api, round_trips: list[str]) -> None:
    await mira.post("/v1/users", registration())
    assert asked(round_trips) == 1


@pytest.mark.not_on_citus(reason="a commit is several statements there")
async def test_signing_in_costs_three_and_one_to_remember_where_it_came_from(mira: Api, round_trips: list[str]) -> None:
    await mira.post("/v1/sessions", {"email": mira.user["email"], "password": mira.password})
    assert asked(round_trips) == 4


@pytest.mark.not_on_citus(reason="a commit is several statements there")
async def test_renewing_costs_two(mira: Api, round_trips: list[str]) -> None:
    tokens = await mira.sign_in(mira.user["email"])
    round_trips.clear()
    await mira.post("/v1/sessions/refresh", {"refresh_token": tokens["refresh_token"]})
    assert asked(round_trips) == 2


@pytest.mark.not_on_citus(reason="a commit is several statements there")
async def test_changing_ones_account_costs_two(mira: Api, round_trips: list[str]) -> None:
    await mira.get("/v1/users/me")
    round_trips.clear()
    await mira.patch("/v1/users/me", {"name": "Grace"})
    assert asked(round_trips) == 2
