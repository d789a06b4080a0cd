"""Lists as clients walk them: pages, links and cursors."""

from typing import Any
from uuid import UUID

import pytest

from support.harness.api import Api, ok
from support.harness.task_rows import store, task_of
from taskhub.kernel.infrastructure.postgres.database import Database


async def walk(api: Api, path: str, **parameters: Any) -> list[dict[str, Any]]:
    """All items, by following the links."""
    items, answer = [], await api.get(path, **parameters)
    while True:
        page = ok(answer)
        items += page["items"]
        link = answer.headers.get("link")
        assert (link is None) == (page["next_cursor"] is None)
        if link is None:
            return items
        target, relation = link.split("; ")
        assert relation == 'rel="next"'
        answer = await api.get(target[1:-1])


@pytest.mark.parametrize("sort", ["created_at", "-updated_at", "due", "-due", "priority", "-key"])
async def test_links_lead_through_the_whole_list(ada: Api, sort: str) -> None:
    for number in range(7):
        due = {"date": f"2026-03-0{number}"} if number % 3 else None
        await ada.add_task(f"Task ö {number}", due=due, priority=("low", "high")[number % 2])
    whole = ok(await ada.get("tasks", sort=sort))["items"]
    assert len(whole) == 7
    assert await walk(ada, "tasks", sort=sort, limit=2, q="ö task", status=["todo", "done"]) == whole


@pytest.mark.parametrize("parameters", [{}, {"status": "todo"}, {"q": "task"}, {"q": "task", "sort": "due"}], ids=str)
async def test_a_page_may_have_200_things(ada: Api, database: Database, parameters: dict[str, str]) -> None:
    await store(database, [task_of(UUID(ada.workspace["id"]), number=number) for number in range(1, 211)])
    first = ok(await ada.get("tasks", limit=200, **parameters))
    rest = ok(await ada.get("tasks", limit=200, cursor=first["next_cursor"], **parameters))
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (200, 10, None)


async def test_a_page_that_ends_with_the_list_has_no_cursor(ada: Api) -> None:
    await ada.add_task()
    answer = await ada.get("tasks", limit=1)
    assert answer.json()["next_cursor"] is None
    assert "link" not in answer.headers


async def test_a_cursor_is_good_for_its_list_only(ada: Api) -> None:
    for _ in range(3):
        await ada.add_task()
    cursor = ok(await ada.get("tasks", limit=1, sort="key"))["next_cursor"]
    assert len(ok(await ada.get("tasks", limit=2, sort="key", cursor=cursor))["items"]) == 2
    for parameters in ({"sort": "-key"}, {"sort": "key", "status": "todo"}, {}, {"sort": "key", "q": "oil"}):
        answer = await ada.get("tasks", cursor=cursor, **parameters)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")
    assert (await ada.get("projects", cursor=cursor)).status_code == 400
    await ada.open_workspace()
    assert (await ada.get("tasks", sort="key", cursor=cursor)).status_code == 400


async def test_a_cursor_is_one_however_its_name_is_encoded(ada: Api) -> None:
    for _ in range(2):
        await ada.add_task()
    first = ok(await ada.get("tasks", limit=1))
    second = ok(await ada.get(f"tasks?limit=1&%63ursor={first['next_cursor']}"))
    assert first["items"] != second["items"]
    assert (await ada.get("tasks?%63ursor=made-up")).status_code == 400


async def test_projects_are_sorted_by_name_however_its_case_is_written(ada: Api) -> None:
    await ada.open_workspace()
    for key, name in (("B1", "beta"), ("A1", "Alpha"), ("G1", "gamma"), ("B2", "Beta"), ("A2", "alpha 2")):
        await ada.open_project(key=key, name=name)
    names = [project["name"] for project in await walk(ada, "projects", limit=2)]
    assert [name.lower() for name in names] == ["alpha", "alpha 2", "beta", "beta", "gamma"]
    assert [p["name"] for p in await walk(ada, "projects", limit=1, sort="-name")] == names[::-1]
    assert [p["key"] for p in await walk(ada, "projects", limit=2, sort="key")] == ["A1", "A2", "B1", "B2", "G1"]
    assert [p["key"] for p in await walk(ada, "projects", limit=3, sort="-created_at")] == ["A2", "B2", "G1", "A1", "B1"]


async def test_projects_are_told_apart_by_archive_and_trash(ada: Api) -> None:
    archived, thrown = await ada.open_project(key="OLD"), await ada.open_project(key="GONE")
    await ada.post(f"projects/{archived['id']}/archive")
    await ada.delete(f"projects/{thrown['id']}")

    async def keys(**parameters: str) -> list[str]:
        return [project["key"] for project in ok(await ada.get("projects", sort="key", **parameters))["items"]]

    assert await keys() == ["OLD", "OPS"]
    assert await keys(archived="true") == ["OLD"]
    assert await keys(archived="false") == ["OPS"]
    assert await keys(deleted="true") == ["GONE"]
    assert await keys(deleted="true", archived="true") == []
