"""Many who write and undo at once: whatever happens, the log replays to what is there, and the rules hold."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from random import Random
from typing import Any

import pytest

from support.harness.api import Api, ok
from support.harness.concurrency.random_requests import REFUSALS, WEIGHTS, RandomRequests
from support.harness.undoing import last_seq, walk
from taskhub.app import TaskHub

CLIENTS = 32
STEPS = 12
TOLD_BY_ITSELF = {"version", "updated_at"}


class Undoing(RandomRequests):
    """Works at random, and undoes what anybody did lately, its own undos as well."""

    async def undo(self) -> Any:
        return await self.api.post(f"changes/{max(await last_seq(self.api) - self.random.randrange(20), 1)}/undo")

    async def act(self) -> None:
        name = "undo" if self.random.random() < 0.4 else self.random.choice([*WEIGHTS])
        answer = await getattr(self, name)()
        assert answer.is_success or answer.status_code in REFUSALS, f"{name}: {answer.status_code} {answer.text}"
        self.outcomes[name, answer.status_code] += 1
        if name != "undo":
            self._remember(answer)


@pytest.fixture
async def crowd(app: TaskHub) -> AsyncIterator[list[Undoing]]:
    """Clients of one user, who all know the same things from the beginning."""
    async with AsyncExitStack() as stack:
        apis = [await stack.enter_async_context(Api.on(app)) for _ in range(CLIENTS)]
        first = apis[0]
        await first.sign_up()
        await first.open_workspace()
        beginning = Undoing(first, seed=0)
        await beginning.prepare()
        await beginning.do(20)
        crowd = []
        for seed, api in enumerate(apis):
            api.client.headers["authorization"] = first.client.headers["authorization"]
            api.user, api.workspace, api.project, api.sends_again = first.user, first.workspace, first.project, True
            one = Undoing(api, seed)
            one.projects, one.labels, one.tasks = beginning.projects, beginning.labels, [*beginning.tasks]
            crowd.append(one)
        yield crowd


def replayed(changes: list[dict[str, Any]]) -> dict[str, Any]:
    """What a thing is after its changes, of which each has to begin where the one before it ended."""
    thing: defaultdict[str, Any] = defaultdict(lambda: None)
    for change in changes:
        for name, (before, after) in change["changes"].items():
            assert thing[name] == before, (change["seq"], name)
            thing[name] = after
        shown = {name: value for name, value in change["snapshot"].items() if name not in TOLD_BY_ITSELF}
        assert dict.fromkeys(shown) | thing == shown, change["seq"]
    return dict(thing)


async def work(one: Undoing) -> None:
    for _ in range(STEPS):
        await one.act()


async def test_the_log_still_replays_to_what_is_there(crowd: list[Undoing]) -> None:
    await asyncio.gather(*(work(one) for one in crowd))
    api = crowd[0].api
    undone = sum(count for one in crowd for (name, status), count in one.outcomes.items() if name == "undo" and status == 200)
    assert undone > 3  # Some 35, far fewer than which there are on no machine.
    log = [change async for change in walk(api, "changes")]
    assert [change["seq"] for change in log] == [*range(1, len(log) + 1)]
    of_things: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for change in log:
        of_things[change["entity_id"]].append(change)
    tasks = {task["id"]: task async for task in walk(api, "tasks")} | {
        task["id"]: task async for task in walk(api, "tasks", deleted="true")
    }
    for id, task in tasks.items():
        history = of_things[id]
        assert [change["entity_version"] for change in history] == [*range(1, task["version"] + 1)]
        assert history[-1]["snapshot"] == task
        replayed(history)
    labels = {label["id"] async for label in walk(api, "labels")}
    gone = {id for id, changes in of_things.items() if changes[-1]["type"] == "label.deleted"}
    assert labels == {id for id, changes in of_things.items() if changes[0]["entity_type"] == "label"} - gone
    check_structure(tasks, labels)


def check_structure(tasks: dict[str, dict[str, Any]], labels: set[str]) -> None:
    """No two tasks have a key or a place in common, parents are live tasks of the project, and graphs have no cycle."""
    assert len({task["key"] for task in tasks.values()}) == len(tasks)
    for task in tasks.values():
        assert {*task["label_ids"]} <= labels
        line = [task["id"]]
        while (parent_id := tasks[line[-1]]["parent_id"]) is not None:
            assert tasks[parent_id]["project_id"] == task["project_id"]
            assert task["deleted_at"] is not None or tasks[parent_id]["deleted_at"] is None
            assert parent_id not in line
            line.append(parent_id)
    blocked_by = {id: {*task["blocked_by_ids"]} for id, task in tasks.items()}
    while free := [id for id, blockers in blocked_by.items() if not blockers]:
        blocked_by = {id: blockers - {*free} for id, blockers in blocked_by.items() if id not in free}
    assert blocked_by == {}


@pytest.mark.parametrize("seed", range(3))
async def test_of_many_who_undo_one_command_at_once_one_does(ada: Api, app: TaskHub, seed: int) -> None:
    task, random = await ada.add_task(), Random(seed)
    ok(await ada.patch(f"tasks/{task['id']}", {"title": f"Other {random.random()}"}))
    seq = ok(await ada.get("changes", limit=1000))["items"][-1]["seq"]
    ada.sends_again = True
    answers = await asyncio.gather(*(ada.post(f"changes/{seq}/undo") for _ in range(16)))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 15]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"changed_since"}
    assert ok(await ada.get(f"tasks/{task['id']}"))["version"] == 3
