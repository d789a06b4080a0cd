"""Reading one task or project."""

from uuid import uuid4

import pytest

from support.harness.api import Api, ok


async def test_a_task_is_read_by_its_key_and_says_where_it_is_by_id(ada: Api) -> None:
    task = await ada.add_task()
    answer = await ada.get(f"tasks/{task['key']}")
    assert answer.json() == task
    assert answer.headers["content-location"] == ada.at(f"tasks/{task['id']}")
    assert "content-location" not in (await ada.get(f"tasks/{task['id']}")).headers


async def test_a_good_copy_is_not_sent_again(ada: Api) -> None:
    task = await ada.add_task()
    first = await ada.get(f"tasks/{task['key']}")
    again = await ada.get(f"tasks/{task['key']}", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("etag", "content-location", "cache-control", "vary"):
        assert again.headers[name] == first.headers[name]


@pytest.mark.parametrize(
    "name",
    ["OPS-2", "ops-2", "OPS-0", "OPS-01", "OPS-", "OPS", "1", "OPS-1-1", "OPS-9999999999", "OPS-1%20", "TOOLONGAKEY-1", "ÖPS-1"],
)
async def test_what_names_no_task_is_not_found(ada: Api, name: str) -> None:
    await ada.add_task()
    assert (await ada.get(f"tasks/{name}")).status_code == 404


async def test_what_is_in_the_trash_is_read_only_on_demand(ada: Api) -> None:
    task = await ada.add_task()
    await ada.delete(f"tasks/{task['id']}")
    for name in (task["id"], task["key"]):
        assert (await ada.get(f"tasks/{name}")).status_code == 404
        assert (await ada.get(f"tasks/{name}", deleted="false")).status_code == 404
        assert ok(await ada.get(f"tasks/{name}", deleted="true"))["deleted_at"]
    await ada.delete(f"projects/{ada.project['id']}")
    assert (await ada.get(f"projects/{ada.project['id']}")).status_code == 404
    assert ok(await ada.get(f"projects/{ada.project['id']}", deleted="true"))["deleted_at"]


async def test_looking_into_the_trash_too_finds_what_is_not_there_as_well(ada: Api) -> None:
    task = await ada.add_task()
    assert ok(await ada.get(f"tasks/{task['id']}", deleted="true")) == task
    assert ok(await ada.get(f"projects/{ada.project['id']}", deleted="true")) == ada.project


@pytest.mark.parametrize("kind", ["tasks", "projects"])
async def test_a_thing_of_another_workspace_is_as_good_as_none(ada: Api, kind: str) -> None:
    thing = await ada.add_task() if kind == "tasks" else ada.project
    await ada.open_workspace()
    for name in (thing["id"], thing["key"], str(uuid4()), "x"):
        assert (await ada.get(f"{kind}/{name}")).status_code == 404


async def test_unknown_parameters_are_refused_on_single_reads_too(ada: Api) -> None:
    answer = await ada.get(f"projects/{ada.project['id']}", fields="name")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "fields"
