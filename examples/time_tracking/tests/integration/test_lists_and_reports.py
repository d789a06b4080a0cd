"""Lists of time entries and sums of their time, filtered and page by page."""

from typing import Any

import pytest

from client import Client, problem

HOUR = 3600


class Diary:
    """A workspace in which two members have spent time on two tasks, and what each of their entries is called.

    On Monday Ada oils for one hour and, later, paints for two; on Tuesday Grace oils for three. Ada oils again, and that runs.
    """

    def __init__(self, ada: Client, grace: Client) -> None:
        self.ada, self.grace = ada, grace
        self.tasks: dict[str, dict[str, Any]] = {}
        self.names: dict[str, str] = {}

    async def write(self) -> None:
        await self.ada.invite(self.grace)
        self.tasks = {name: await self.ada.make_task() for name in ("oil", "paint")}
        await self._spend("monday oil", self.ada, "oil", "2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z")
        await self._spend("monday paint", self.ada, "paint", "2026-01-05T11:00:00Z", "2026-01-05T13:00:00Z")
        await self._spend("tuesday oil", self.grace, "oil", "2026-01-06T09:00:00Z", "2026-01-06T12:00:00Z")
        await self._spend("now oil", self.ada, "oil", "2026-01-07T09:00:00Z", None)

    async def _spend(self, name: str, who: Client, task: str, started_at: str, stopped_at: str | None) -> None:
        entry = await who.post("time_entries", {"task_id": self.tasks[task]["id"]})
        self.names[entry["id"]] = name
        ends = {} if stopped_at is None else {"stopped_at": stopped_at}
        await who.patch(f"time_entries/{entry['id']}", {"started_at": started_at, **ends})

    async def listed(self, query: str = "") -> list[str]:
        return [self.names[entry["id"]] for entry in (await self.ada.get(f"time_entries?{query}"))["items"]]

    async def by_task(self, query: str = "") -> dict[str, tuple[int, int]]:
        rows = (await self.ada.get(f"time_reports/tasks?{query}"))["items"]
        names = {task["id"]: name for name, task in self.tasks.items()}
        return {names[row["task_id"]]: (row["seconds"], row["entries"]) for row in rows}

    async def by_member(self, query: str = "") -> dict[str, tuple[int, int]]:
        rows = (await self.ada.get(f"time_reports/members?{query}"))["items"]
        names = {self.ada.user["id"]: "ada", self.grace.user["id"]: "grace"}
        return {names[row["user_id"]]: (row["seconds"], row["entries"]) for row in rows}


@pytest.fixture
async def diary(ada: Client, grace: Client) -> Diary:
    diary = Diary(ada, grace)
    await diary.write()
    return diary


async def test_the_newest_comes_first_unless_asked_otherwise(diary: Diary) -> None:
    names = ["now oil", "tuesday oil", "monday paint", "monday oil"]

    assert await diary.listed() == names
    assert await diary.listed("sort=started_at") == names[::-1]


async def test_entries_are_found_by_task_member_time_and_whether_they_run(diary: Diary) -> None:
    oil, paint = diary.tasks["oil"], diary.tasks["paint"]

    assert await diary.listed(f"task_id={paint['id']}") == ["monday paint"]
    assert await diary.listed(f"task_id={oil['key'].lower()}") == ["now oil", "tuesday oil", "monday oil"]
    assert len(await diary.listed(f"task_id={oil['key']}&task_id={paint['id']}")) == 4
    assert await diary.listed("task_id=OPS-99") == []
    assert await diary.listed(f"user_id={diary.grace.user['id']}") == ["tuesday oil"]
    assert await diary.listed("user_id=me&running=false") == ["monday paint", "monday oil"]
    assert await diary.listed("running=true") == ["now oil"]
    assert await diary.listed("started_after=2026-01-05T11:00:00Z&started_before=2026-01-06T09:00:00Z") == ["monday paint"]


async def test_a_list_is_walked_page_by_page(diary: Diary) -> None:
    path, found = "time_entries?limit=1&user_id=me", []
    while True:
        page = await diary.ada.get(path)
        found += [diary.names[entry["id"]] for entry in page["items"]]
        if page["next_cursor"] is None:
            break
        path = f"time_entries?limit=1&user_id=me&cursor={page['next_cursor']}"

    assert found == ["now oil", "monday paint", "monday oil"]


async def test_time_is_summed_up_by_task(diary: Diary) -> None:
    assert await diary.by_task() == {"oil": (4 * HOUR, 2), "paint": (2 * HOUR, 1)}
    assert await diary.by_task("user_id=me") == {"paint": (2 * HOUR, 1), "oil": (HOUR, 1)}
    assert await diary.by_task(f"task_id={diary.tasks['paint']['key']}") == {"paint": (2 * HOUR, 1)}
    assert await diary.by_task("started_before=2026-01-05T00:00:00Z") == {}


async def test_time_is_summed_up_by_member(diary: Diary) -> None:
    assert await diary.by_member() == {"ada": (3 * HOUR, 2), "grace": (3 * HOUR, 1)}
    assert await diary.by_member("started_after=2026-01-06T00:00:00Z") == {"grace": (3 * HOUR, 1)}


async def test_the_most_time_comes_first_and_a_report_is_walked_page_by_page(diary: Diary) -> None:
    first = await diary.ada.get("time_reports/tasks?limit=1")
    second = await diary.ada.get(f"time_reports/tasks?limit=1&cursor={first['next_cursor']}")

    assert [row["seconds"] for page in (first, second) for row in page["items"]] == [4 * HOUR, 2 * HOUR]
    assert second["next_cursor"] is None


async def test_members_with_the_same_sum_are_walked_as_well(diary: Diary) -> None:
    first = await diary.ada.get("time_reports/members?limit=1")
    second = await diary.ada.get(f"time_reports/members?limit=1&cursor={first['next_cursor']}")

    assert {row["user_id"] for page in (first, second) for row in page["items"]} == {diary.ada.user["id"], diary.grace.user["id"]}


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("task_id=", (422, "validation_failed")),
        ("user_id=you", (422, "validation_failed")),
        ("running=yes", (422, "validation_failed")),
        ("started_after=2026-01-05", (422, "validation_failed")),
        ("by=task", (422, "validation_failed")),
        ("cursor=made-up", (400, "invalid_cursor")),
    ],
)
async def test_parameters_that_mean_nothing_are_refused(ada: Client, query: str, refusal: tuple[int, str]) -> None:
    assert problem(await ada.send("GET", f"time_entries?{query}")) == refusal
