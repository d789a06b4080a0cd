"""Labels of a workspace, as a client sees them."""

from typing import Any
from uuid import uuid1, uuid4

import pytest

from integration.tasks.reads.test_lists_over_http import walk
from support.harness.api import Api, ok
from support.harness.problems import problem

NOWHERE = "019a9f49-95cb-770d-b4b9-06d837e5b03a"

INVISIBLY = [
    ("❤", "❤\ufe0f"),
    ("a\u200d", "a"),
    ("b", "\u3164b"),
    ("co\u00adop", "coop"),
    ("x\U000e0041", "X"),
    ("ab", "\u202eab\u202c"),
]
MEMBERS = ["id", "workspace_id", "name", "color", "version", "created_at", "updated_at"]


async def add_label(api: Api, name: str = "Bug", **body: Any) -> dict[str, Any]:
    label: dict[str, Any] = ok(await api.post("labels", {"name": name, **body}))
    return label


async def names(api: Api, **parameters: Any) -> list[str]:
    return [label["name"] for label in ok(await api.get("labels", **parameters))["items"]]


async def test_a_label_is_created_with_its_place_and_version(ada: Api) -> None:
    answer = await ada.post("labels", {"name": "  Bug ", "color": "#D73A4A"})
    label = answer.json()
    assert (answer.status_code, list(label)) == (201, MEMBERS)
    assert (label["name"], label["color"], label["version"]) == ("Bug", "#d73a4a", 1)
    assert label["workspace_id"] == ada.workspace["id"]
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == ada.at(f"labels/{label['id']}")
    again = await ada.get(answer.headers["location"])
    assert (again.json(), again.headers["etag"]) == (label, '"1"')
    assert ok(await ada.get("labels"))["items"] == [label]


async def test_a_label_may_have_an_id_that_the_client_minted_once(ada: Api) -> None:
    id = str(uuid4())
    assert (await add_label(ada, id=id))["id"] == id
    problem(await ada.post("labels", {"name": "Other", "id": id}), 409, "id_taken")
    task = await ada.add_task()
    problem(await ada.post("labels", {"name": "Other", "id": task["id"]}), 409, "id_taken")
    problem(await ada.post("labels", {"name": "Other", "id": str(uuid1())}), 422, "validation_failed")
    await ada.delete(f"labels/{id}")
    problem(await ada.post("labels", {"name": "Other", "id": id}), 409, "id_taken")


@pytest.mark.parametrize(
    ("first", "second"),
    [("Bug", "bUG"), ("Straße", "STRASSE"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("Bug", "\uff22ug"), ("é", "E\u0301"), *INVISIBLY],
)
async def test_a_name_is_taken_however_its_case_is_written(ada: Api, first: str, second: str) -> None:
    await add_label(ada, first)
    problem(await ada.post("labels", {"name": second}), 409, "name_taken")
    other = await add_label(ada, "Other")
    problem(await ada.patch(f"labels/{other['id']}", {"name": second}), 409, "name_taken")
    assert ok(await ada.get(f"labels/{other['id']}")) == other


async def test_a_label_may_change_the_case_of_its_own_name(ada: Api) -> None:
    label = await add_label(ada, "Bug")
    assert ok(await ada.patch(f"labels/{label['id']}", {"name": "BUG"}))["name"] == "BUG"


async def test_a_name_is_free_in_another_workspace_and_after_its_label_is_gone(ada: Api, elsewhere: Api) -> None:
    label = await add_label(ada, "Bug")
    await add_label(elsewhere, "bug")
    assert (await ada.delete(f"labels/{label['id']}")).status_code == 204
    await add_label(ada, "bug")


async def test_a_label_changes_by_one_version_or_not_at_all(ada: Api) -> None:
    label = await add_label(ada, color="#00ff00")
    path = f"labels/{label['id']}"
    for nothing in ({}, {"name": "Bug"}, {"name": " Bug "}, {"color": "#00FF00"}):
        assert ok(await ada.patch(path, nothing)) == label
    answer = await ada.patch(path, {"color": "#123456"}, if_match='"1"')
    assert (answer.json()["version"], answer.headers["etag"]) == (2, '"2"')
    assert {**answer.json(), "version": 1, "updated_at": label["updated_at"], "color": "#00ff00"} == label
    assert answer.json()["updated_at"] > label["updated_at"]
    assert problem(await ada.patch(path, {"color": "#000000"}, if_match='"1"'), 412, "stale_version")["current_version"] == 2
    assert ok(await ada.get(path)) == answer.json()


@pytest.mark.parametrize(
    "body",
    [
        {"name": None},
        {"color": None},
        {"name": ""},
        {"name": " \t"},
        {"name": "x" * 201},
        {"name": "two\nlines"},
        {"name": 1},
        {"color": "red"},
        {"color": "#12345"},
        {"color": "#12345g"},
        {"color": "#123456\n"},
        {"version": 1},
        {"id": NOWHERE},
    ],
    ids=str,
)
async def test_what_a_label_can_not_be_is_refused(ada: Api, body: dict[str, Any]) -> None:
    label = await add_label(ada)
    problem(await ada.patch(f"labels/{label['id']}", body), 422, "validation_failed")
    if "id" not in body:
        problem(await ada.post("labels", {"name": "Other", **body}), 422, "validation_failed")
    assert ok(await ada.get("labels"))["items"] == [label]


async def test_labels_are_listed_by_name_however_its_case_is_written(ada: Api) -> None:
    for name in ("beta", "Alpha", "gamma", "Beta 2", "alpha 2"):
        await add_label(ada, name)
    assert await names(ada) == ["Alpha", "alpha 2", "beta", "Beta 2", "gamma"]
    assert await names(ada, sort="-name") == ["gamma", "Beta 2", "beta", "alpha 2", "Alpha"]
    assert await names(ada, sort="created_at") == ["beta", "Alpha", "gamma", "Beta 2", "alpha 2"]
    assert await names(ada, sort="-created_at") == ["alpha 2", "Beta 2", "gamma", "Alpha", "beta"]


async def test_labels_are_listed_page_by_page(ada: Api) -> None:
    labels = [await add_label(ada, name) for name in "abcde"]
    for sort in ("name", "created_at"):
        assert await walk(ada, "labels", limit=2, sort=sort) == labels
    cursor = ok(await ada.get("labels", limit=2))["next_cursor"]
    for parameters in ({"sort": "-name"}, {"sort": "created_at"}):
        problem(await ada.get("labels", cursor=cursor, **parameters), 400, "invalid_cursor")
    for wrong in ({"limit": "0"}, {"limit": "201"}, {"sort": "color"}, {"name": "a"}):
        problem(await ada.get("labels", **wrong), 422, "validation_failed")
