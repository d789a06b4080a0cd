"""One task that everybody works on at once, while it goes from project to project: all get their turn."""

import asyncio
from collections import Counter

import pytest

from support.harness.api import Api, ok

CLIENTS, TURNS = 32, 4


@pytest.fixture
async def project_ids(ada: Api) -> list[str]:
    home = ada.project
    others = [(await ada.open_project(key=f"P{number}"))["id"] for number in range(4)]
    ada.project = home
    return [home["id"], *others]


@pytest.mark.parametrize("projects", [2, 5])
async def test_everybody_who_moves_one_task_gets_their_turn(ada: Api, project_ids: list[str], projects: int) -> None:
    task = await ada.add_task()
    statuses: Counter[int] = Counter()

    async def move(client: int) -> None:
        for turn in range(TURNS):
            target = project_ids[(client + turn) % projects]
            statuses[(await ada.post(f"tasks/{task['id']}/move", {"to": "last", "project_id": target})).status_code] += 1

    await asyncio.gather(*(move(client) for client in range(CLIENTS)))
    assert statuses == {200: CLIENTS * TURNS}
    history = ok(await ada.get(f"tasks/{task['id']}/history", limit=200))["items"]
    assert len(history) == ok(await ada.get(f"tasks/{task['id']}"))["version"]


async def test_who_changes_a_task_on_the_move_gets_their_turn_as_well(ada: Api, project_ids: list[str]) -> None:
    task = await ada.add_task()
    path = f"tasks/{task['id']}"
    statuses: Counter[tuple[str, int]] = Counter()

    async def work(client: int) -> None:
        for turn in range(TURNS):
            title = {"title": f"Title {client} {turn}"}
            method, target, body = (
                ("POST", f"{path}/move", {"to": "last", "project_id": project_ids[(client + turn) % 3]}),
                ("PATCH", path, title),
                ("POST", "tasks/bulk_update", {"items": [{"id": task["id"], "patch": title}]}),
                ("POST", f"{path}/restore", None),
            )[client % 4]
            statuses[target, (await ada.send(method, target, body)).status_code] += 1

    await asyncio.gather(*(work(client) for client in range(CLIENTS)))
    assert {status for _, status in statuses} == {200}
    assert set(statuses.values()) == {CLIENTS // 4 * TURNS}
