"""What is due, was created and was changed on a day, wherever the day is."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from support.harness.api import Api, ok
from support.harness.task_rows import store, task_of
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.testing.conformance.round_trips import recording_round_trips

DAY = timedelta(days=1)
PLACES = [
    ("Etc/GMT+12", date(2026, 11, 27)),
    ("America/Los_Angeles", date(2026, 11, 27)),
    ("UTC", date(2026, 11, 27)),
    ("Asia/Kathmandu", date(2026, 11, 27)),
    ("Pacific/Kiritimati", date(2026, 11, 27)),  # Fourteen hours before UTC.
    ("America/New_York", date(2026, 11, 1)),  # 25 hours long.
    ("Europe/Berlin", date(2026, 3, 29)),  # 23 hours long.
    ("America/Sao_Paulo", date(2018, 11, 4)),  # It begins at one o'clock.
    ("Pacific/Apia", date(2011, 12, 31)),  # The day before never was.
]


async def keys(api: Api, **parameters: Any) -> set[str]:
    return {task["key"] for task in ok(await api.get("tasks", limit=200, **parameters))["items"]}


async def due_around(api: Api, day: date, time_zone: str) -> set[str]:
    """Makes tasks that are due on a day and on those beside it. Returns the keys of those that are due on the day itself."""
    times = [None, "01:00:00", "12:00:00", "23:59:59"]
    on_day = {day - DAY: [None, "23:59:59"], day: times, day + DAY: [None, "00:00:00"]}
    dues = [{"date": str(one), "time": time} for one, times in on_day.items() for time in times]
    due = [await api.add_task(due={**one, "time_zone": time_zone if one["time"] else None}) for one in dues]
    return {task["key"] for task in due if date_of(task, ZoneInfo(time_zone)) == day}


def date_of(task: dict[str, Any], zone: ZoneInfo) -> date:
    """The date that clocks there show when it is due. A wall time that was left out is a later one."""
    if task["due_at"] is None:
        return date.fromisoformat(task["due"]["date"])
    return datetime.fromisoformat(task["due_at"]).astimezone(zone).date()


@pytest.mark.parametrize(("time_zone", "day"), PLACES)
async def test_today_is_all_that_is_due_on_the_day_timed_or_not(ada: Api, time_zone: str, day: date) -> None:
    expected = await due_around(ada, day, time_zone)
    asked = {"due_after": str(day), "due_before": str(day + DAY)}
    assert await keys(ada, **asked, time_zone=time_zone) == expected
    for sort in ("due", "-due", "priority", "rank", "updated_at"):
        assert await keys(ada, **asked, time_zone=time_zone, sort=sort) == expected
    await ada.patch(f"/v1/workspaces/{ada.workspace['id']}", {"time_zone": time_zone})
    assert await keys(ada, **asked) == expected


@pytest.mark.parametrize(("time_zone", "day"), PLACES)
async def test_against_an_instant_an_all_day_task_is_due_at_the_end_of_its_date_there(
    ada: Api, time_zone: str, day: date
) -> None:
    task = await ada.add_task(due={"date": str(day)})
    next_day = await ada.add_task(due={"date": str(day + DAY), "time": "00:00", "time_zone": time_zone})
    end = datetime.fromisoformat(next_day["due_at"])
    before, at = (instant.isoformat() for instant in (end - timedelta(microseconds=1), end))
    assert await keys(ada, time_zone=time_zone, due_before=at) == {task["key"]}
    assert await keys(ada, time_zone=time_zone, due_before=before) == set()
    assert await keys(ada, time_zone=time_zone, due_after=at) == {next_day["key"]}
    assert await keys(ada, time_zone=time_zone, due_after=before) == {task["key"], next_day["key"]}


@pytest.mark.parametrize("what", ["created", "updated"])
async def test_a_date_begins_in_the_time_zone_for_what_was_created_and_changed_too(
    ada: Api, database: Database, what: str
) -> None:
    begins = datetime.fromisoformat("2026-11-26T10:00:00Z")  # The 27th, in Kiritimati.
    moments = [begins - timedelta(microseconds=1), begins, begins + DAY - timedelta(microseconds=1), begins + DAY]
    rows = [task_of(UUID(ada.workspace["id"]), number=n, **{f"{what}_at": moment}) for n, moment in enumerate(moments, start=1)]
    await store(database, rows)
    asked = {f"{what}_after": "2026-11-27", f"{what}_before": "2026-11-28"}
    for sort in ("created_at", "-updated_at", "due", "key"):
        assert await keys(ada, **asked, time_zone="Pacific/Kiritimati", sort=sort) == {"OPS-2", "OPS-3"}
        assert await keys(ada, **{f"{what}_after": "2026-11-26T10:00:00Z"}, sort=sort) == {"OPS-2", "OPS-3", "OPS-4"}
        assert await keys(ada, **{f"{what}_before": "2026-11-26T11:00:00+01:00"}, sort=sort) == {"OPS-1"}
    assert await keys(ada, **asked) == {"OPS-3", "OPS-4"}


async def test_a_walk_goes_on_in_the_time_zone_that_it_began_in(ada: Api) -> None:
    await ada.patch(f"/v1/workspaces/{ada.workspace['id']}", {"time_zone": "Pacific/Kiritimati"})
    expected = await due_around(ada, date(2026, 11, 27), "Pacific/Kiritimati")
    for sort in ("created_at", "rank", "due"):
        await ada.patch(f"/v1/workspaces/{ada.workspace['id']}", {"time_zone": "Pacific/Kiritimati"})
        asked = {"due_after": "2026-11-27", "due_before": "2026-11-28", "sort": sort, "limit": 2}
        first = ok(await ada.get("tasks", **asked))
        await ada.patch(f"/v1/workspaces/{ada.workspace['id']}", {"time_zone": "Etc/GMT+12"})
        second = ok(await ada.get("tasks", **asked, cursor=first["next_cursor"]))
        assert {task["key"] for page in (first, second) for task in page["items"]} == expected
        assert second["next_cursor"] is None


async def test_a_cursor_is_bound_to_the_time_zone_that_was_asked_for(ada: Api) -> None:
    for _ in range(2):
        await ada.add_task(due={"date": "2026-11-27"})
    asked = {"due_after": "2026-11-27", "limit": 1}
    cursor = ok(await ada.get("tasks", **asked, time_zone="Europe/Berlin"))["next_cursor"]
    assert (await ada.get("tasks", **asked, time_zone="Europe/Berlin", cursor=cursor)).status_code == 200
    for other in ({"time_zone": "Asia/Tokyo"}, {}):
        answer = await ada.get("tasks", **asked, **other, cursor=cursor)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


async def test_a_time_zone_of_the_workspace_counts_at_once_and_costs_no_round_trip(ada: Api, database: Database) -> None:
    task = await ada.add_task(due={"date": "2026-11-27", "time": "23:30", "time_zone": "UTC"})
    assert await keys(ada, due_after="2026-11-28") == set()
    await ada.patch(f"/v1/workspaces/{ada.workspace['id']}", {"time_zone": "Europe/Berlin"})
    assert await keys(ada, due_after="2026-11-28") == {task["key"]}
    with recording_round_trips(database) as round_trips:
        await ada.get("tasks", due_after="2026-11-28", created_before="2030-01-01", time_zone="Asia/Tokyo")
        await ada.get("tasks", due_after="2026-11-28")
    assert len(round_trips) == 2


async def test_a_time_zone_without_a_date_changes_nothing(ada: Api) -> None:
    task = await ada.add_task()
    assert await keys(ada, time_zone="Asia/Tokyo") == {task["key"]}


@pytest.mark.parametrize("time_zone", ["", "Mars/Olympus", "europe/berlin", "localtime", "+02:00", "../UTC"])
async def test_a_time_zone_that_nobody_knows_is_refused(ada: Api, time_zone: str) -> None:
    answer = await ada.get("tasks", due_before="2026-11-28", time_zone=time_zone)
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "time_zone")


async def test_the_ends_of_the_calendar_are_days_as_others(ada: Api) -> None:
    first, last = [await ada.add_task(due={"date": day}) for day in ("0001-01-01", "9999-12-31")]
    for zone in ("Etc/GMT+12", "UTC", "Pacific/Kiritimati"):
        assert await keys(ada, due_before="0001-01-02", time_zone=zone) == {first["key"]}
        assert await keys(ada, due_before="0001-01-01", time_zone=zone) == set()
        assert await keys(ada, due_after="9999-12-31", time_zone=zone) == {last["key"]}
        assert await keys(ada, due_after="0001-01-01", time_zone=zone) == {first["key"], last["key"]}
    assert await keys(ada, due_before="9999-12-31T23:00:00Z", time_zone="Pacific/Kiritimati") == {first["key"], last["key"]}
