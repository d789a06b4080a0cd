"""Whatever somebody does, undoing it gives what was there before, and undoing that gives what was there after."""

import pytest

from support.harness.api import Api, ok
from support.harness.concurrency.random_requests import WEIGHTS, RandomRequests
from support.harness.mixed_writes import MixedWrites, fill, possible
from support.harness.undoing import differences, everything, last_seq, undo, walk

STEPS = 60
BATCHES, BATCH = 12, 16
NOT_TODAY = {"illegal_transition"}
"""Why a command may not be undone right after it: a workflow allows one direction only."""


@pytest.mark.parametrize("seed", range(4))
async def test_an_undo_gives_the_former_state_and_its_undo_the_later_one(ada: Api, seed: int) -> None:
    work = RandomRequests(ada, seed)
    await ada.open_workspace()
    await work.prepare()
    await work.do(40)
    names = [name for name, weight in WEIGHTS.items() for _ in range(weight)]
    undone = 0
    for _ in range(STEPS):
        before, seq = await everything(ada), await last_seq(ada)
        name = work.random.choice(names)
        work._remember(await getattr(work, name)())
        commits = {change["commit"]: change["type"] async for change in walk(ada, "changes") if change["seq"] > seq}
        after = await everything(ada)
        undos = await undo_all(ada, commits)
        if undos is not None:
            assert differences(await everything(ada), before) == {}, commits
            for one in reversed(undos):
                await undo(ada, one)
            assert differences(await everything(ada), after) == {}, commits
            undone += len(undos)
    assert undone > STEPS / 4


@pytest.mark.parametrize("seed", range(4))
async def test_so_does_the_undo_of_a_batch_of_anything(ada: Api, seed: int) -> None:
    writes = MixedWrites(seed, ada.user["id"])
    await ada.open_workspace()
    await fill(ada, writes.beginning())
    undone = 0
    for _ in range(BATCHES):
        operations = await possible(ada, [writes.next() for _ in range(BATCH)])
        before, seq = await everything(ada), await last_seq(ada)
        ok(await ada.post("batch", {"operations": operations}))
        after, end = await everything(ada), await last_seq(ada)
        if end == seq:
            continue
        types = {change["type"] async for change in walk(ada, "changes") if change["seq"] > seq}
        answer = await ada.post(f"changes/{end}/undo")
        if answer.status_code == 409 and answer.json()["code"] == "not_undoable":
            assert differences(after, before) == {}, (operations, answer.text)
            continue
        if answer.status_code == 409 and answer.json()["code"] == "project_archived":
            assert "comment.deleted" in types, (operations, answer.text)  # In an archived project they can only be deleted.
            continue
        assert answer.is_success, (operations, answer.text)
        told = answer.json()["items"]
        assert differences(await everything(ada), before) == {}, operations
        await undo(ada, told[0]["seq"])
        assert differences(await everything(ada), after) == {}, operations
        undone += 1
    assert undone > BATCHES / 2


async def undo_all(api: Api, commits: dict[int, str]) -> list[int] | None:
    """Undoes commands, the last one first, and returns the `seq` of each undo; None where the rules of today are against it."""
    undos: list[int] = []
    for commit in sorted(commits, reverse=True):
        answer = await api.post(f"changes/{commit}/undo")
        if answer.status_code == 409 and answer.json()["code"] in NOT_TODAY:
            return None
        assert answer.is_success, (commits, answer.text)
        undos.append(answer.json()["items"][0]["seq"])
    return undos
