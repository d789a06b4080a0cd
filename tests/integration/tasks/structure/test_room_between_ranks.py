"""Room for ever more tasks in one and the same gap, on the real SQL."""

import asyncio
from collections.abc import Sequence
from random import Random
from uuid import UUID

import pytest

from support.harness.api import Api, ok
from support.harness.concurrency.order_history import added, ranks_in, tasks_by_rank
from taskhub.container import Container
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.application.commands import Context, Reply
from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.tasks.application.tasks import places
from taskhub.tasks.application.tasks.change_task import ChangeTask
from taskhub.tasks.application.tasks.move_task import MoveTask
from taskhub.tasks.domain.place import Place, Side
from taskhub.tasks.domain.rank import MAX_LENGTH

MOVES = 6_000
"""Room is made again and again meanwhile: a rank is full after some hundred moves. The unit tests of ranks make 100,000."""
MOVED, OTHERS = 300, 100


@pytest.mark.long
async def test_no_rank_grows_too_long_however_many_tasks_go_into_one_gap(
    ada: Api, container: Container, database: Database
) -> None:
    others, moved = await added(ada, OTHERS), await added(ada, MOVED)
    landmark = others[OTHERS // 2]
    for n in range(MOVES):
        await move_behind(container, ada, moved[n % MOVED], landmark)
        if n % 50 == 0:
            assert max(map(len, (await ranks_in(database, ada.project)).values())) <= MAX_LENGTH

    latest_first = [moved[n % MOVED] for n in range(MOVES - 1, MOVES - 1 - MOVED, -1)]
    assert max(map(len, (await ranks_in(database, ada.project)).values())) <= MAX_LENGTH
    assert await order_of(ada) == [*others[: OTHERS // 2 + 1], *latest_first, *others[OTHERS // 2 + 1 :]]
    assert await versions_of(ada, others) == [1] * OTHERS
    assert await versions_of(ada, moved) == [1 + len(range(n, MOVES, MOVED)) for n in range(MOVED)]


async def test_a_patch_that_was_begun_before_room_was_made_leaves_the_task_at_its_new_rank(
    ada: Api, container: Container, database: Database
) -> None:
    one, other, patched, landmark = await added(ada, 4)
    first = await ranks_in(database, ada.project)
    async with container.modules["tasks"].unit_of_work(Attempt(Context(), system_clock())) as uow:
        command = ChangeTask(UUID(ada.workspace["id"]), UUID(patched), {"title": "begun before"}, None)
        task = await container.modules["tasks"].change_task().use_case(command, uow)
        moves = 0
        while (ranks := await ranks_in(database, ada.project))[patched] == first[patched]:
            await move_behind(container, ada, (one, other)[moves % 2], patched)
            moves += 1
        await uow.commit(task, Reply())
    assert await ranks_in(database, ada.project) == ranks
    assert await versions_of(ada, [patched, landmark]) == [2, 1]
    assert await order_of(ada) == [patched, (one, other)[(moves - 1) % 2], (one, other)[moves % 2], landmark]


async def test_creating_changing_and_moving_go_on_while_room_is_made(
    ada: Api, container: Container, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MAX_LENGTH", 13)
    monkeypatch.setattr(places, "MAX_REBALANCED_LENGTH", 12)
    monkeypatch.setattr(places, "REBALANCE_REACH", 5)
    tasks = await added(ada, 40)
    ada.sends_again = True

    async def work(random: Random) -> None:
        for _ in range(60):
            id = random.choice(tasks[1:])
            await move_behind(container, ada, id, tasks[0])
            ok(await ada.patch(f"tasks/{random.choice(tasks)}", {"title": f"{random.random()}"}))
            await ada.add_task()

    await asyncio.gather(*(work(Random(n)) for n in range(8)))
    in_order = await tasks_by_rank(ada)
    created = [task["number"] for task in in_order if task["id"] not in tasks]
    assert in_order[0]["id"] == tasks[0]
    assert created == list(range(len(tasks) + 1, len(tasks) + 1 + 8 * 60))
    assert max(map(len, (await ranks_in(database, ada.project)).values())) <= 13


async def move_behind(container: Container, api: Api, id: str, other_id: str) -> None:
    """Without HTTP, which is what takes most of the time."""
    command = MoveTask(UUID(api.workspace["id"]), UUID(id), Place(Side.AFTER, UUID(other_id)), None, {}, None)
    await container.modules["tasks"].move_task().run(command, Context(), Reply())


async def order_of(api: Api) -> list[str]:
    return [task["id"] for task in await tasks_by_rank(api)]


async def versions_of(api: Api, ids: Sequence[str]) -> list[int]:
    versions = {task["id"]: task["version"] for task in await tasks_by_rank(api)}
    return [versions[id] for id in ids]
