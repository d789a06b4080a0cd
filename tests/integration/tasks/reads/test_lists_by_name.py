"""Lists by name: in the order that people expect, and walked without a gap."""

import random
from typing import Any
from uuid import uuid4

import pytest

from integration.tasks.reads.test_lists_over_http import walk
from support.harness.api import Api, ok
from support.harness.problems import problem
from taskhub.app import TaskHub
from taskhub.kernel.domain.texts import sort_key

IN_ORDER = ["Äpfel", "apfelmus", "Café 2", "cafe 10", "item 2", "Item 2a", "item 10", "Łódź", "Lublin", "Zebra", "ёлка", "жук"]


async def add(api: Api, path: str, name: str, index: int) -> dict[str, Any]:
    body = {"key": f"N{index}", "name": name} if path == "projects" else {"name": name}
    thing: dict[str, Any] = ok(await api.post(path, body))
    return thing


@pytest.fixture
async def ada(ada: Api) -> Api:
    """In a workspace without projects."""
    await ada.open_workspace()
    return ada


@pytest.mark.parametrize("path", ["projects", "labels"])
async def test_marks_and_case_do_not_matter_and_numbers_count_by_their_value(ada: Api, path: str) -> None:
    for index, name in enumerate(random.Random(1).sample(IN_ORDER, len(IN_ORDER))):
        await add(ada, path, name, index)
    assert [thing["name"] for thing in await walk(ada, path, limit=5)] == IN_ORDER
    assert [thing["name"] for thing in await walk(ada, path, limit=3, sort="-name")] == IN_ORDER[::-1]


@pytest.mark.parametrize("sort", ["name", "-name"])
async def test_projects_of_one_name_stand_there_once_each(ada: Api, sort: str) -> None:
    projects = [await add(ada, "projects", name, index) for index, name in enumerate(["Same", "same", "SAME\u200b", "Same"] * 3)]
    walked = [project["id"] for project in await walk(ada, "projects", limit=1, sort=sort)]
    assert walked == sorted((project["id"] for project in projects), reverse=sort == "-name")


@pytest.mark.parametrize("path", ["projects", "labels"])
async def test_a_walk_through_any_names_shows_each_once(ada: Api, path: str) -> None:
    random_ = random.Random(2)
    alphabet = "aAäÅ 019é.-_éßžЯёй漢あ😀\u0301\u05d0"
    for index in range(60):
        await add(ada, path, f"{''.join(random_.choices(alphabet, k=random_.randint(0, 12)))}x{index}", index)
    walked = await walk(ada, path, limit=7)
    assert len({thing["id"] for thing in walked}) == len(walked) == 60
    assert walked == sorted(walked, key=lambda thing: (sort_key(thing["name"]), thing["id"]))


@pytest.mark.parametrize("path", ["projects", "labels"])
async def test_a_renamed_thing_goes_to_its_new_place(ada: Api, path: str) -> None:
    things = [await add(ada, path, name, index) for index, name in enumerate("bcd")]
    ok(await ada.patch(f"{path}/{things[2]['id']}", {"name": "Ä"}))
    assert [thing["name"] for thing in await walk(ada, path)] == ["Ä", "b", "c"]


@pytest.mark.parametrize(("path", "position"), [("projects", ["alpha", str(uuid4())]), ("labels", ["alpha"])])
async def test_a_cursor_of_the_former_order_is_told_to_begin_again(
    ada: Api, app: TaskHub, path: str, position: list[str]
) -> None:
    former = app.state.cursor_signer.make(position, ada.at(path), [("sort", "name")])
    problem(await ada.get(path, sort="name", cursor=former), 400, "invalid_cursor")
