"""The earliest and the latest instants that can be written down are instants like all others, wherever one may be given."""

from typing import Any

import pytest

from support.harness.api import Api, ok
from support.harness.problems import problem

EARLIEST = ["0001-01-01T00:00:00Z", "0001-01-01T00:04:59Z", "0001-01-01T00:00:00-14:00"]
LATEST = ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999999+14:00"]
OUTSIDE_OF_UTC = ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"]
FILTERS = ["due_before", "due_after", "created_before", "created_after", "updated_before", "updated_after"]


@pytest.mark.parametrize("instant", [*EARLIEST, *LATEST])
async def test_the_log_begins_at_any_instant(ada: Api, instant: str) -> None:
    task = await ada.add_task()
    items = ok(await ada.get("changes", **{"from": instant}))["items"]
    assert (task["id"] in {change["entity_id"] for change in items}) is (instant in EARLIEST)
    webhook = ok(await ada.post("webhooks", {"url": "https://example.com/hook", "active": False}))
    answer = await ada.post(f"webhooks/{webhook['id']}/replay", {"from": instant})
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("time_zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
@pytest.mark.parametrize("name", FILTERS)
async def test_filters_take_any_instant_and_any_date(ada: Api, name: str, time_zone: str) -> None:
    task = await ada.add_task(due={"date": "2026-12-01"})
    for moment in [*EARLIEST, *LATEST, "0001-01-01", "9999-12-31"]:
        is_listed = moment.startswith("0001") == name.endswith("_after")
        for parameters in ({}, {"as_of": "9999-12-31T23:59:59Z"}):
            listed = ok(await ada.get("tasks", time_zone=time_zone, **{name: moment}, **parameters))["items"]
            assert (task["id"] in [one["id"] for one in listed]) is is_listed, (moment, parameters)


@pytest.mark.parametrize("instant", OUTSIDE_OF_UTC)
async def test_an_instant_that_utc_does_not_have_is_refused(ada: Api, instant: str) -> None:
    named: list[tuple[str, dict[str, Any]]] = [("changes", {"from": instant}), ("stream", {"from": instant})]
    named += [("tasks", {"as_of": instant}), *(("tasks", {name: instant}) for name in FILTERS)]
    for path, parameters in named:
        problem(await ada.get(path, **parameters), 422, "validation_failed")


@pytest.mark.parametrize("expires_at", [*EARLIEST, *LATEST, *OUTSIDE_OF_UTC])
async def test_bodies_take_any_instant_or_refuse_it(ada: Api, expires_at: str) -> None:
    for path, body in (
        ("/v1/tokens", {"name": "CI", "scopes": ["read"]}),
        ("invitations", {"email": "grace@example.com", "role": "member"}),
    ):
        answer = await ada.post(path, {**body, "expires_at": expires_at})
        assert answer.status_code < 500, answer.text
