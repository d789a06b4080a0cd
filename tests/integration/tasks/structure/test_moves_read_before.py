"""A move reads the order without a lock: its commit misses if the order, or what it is put beside, has changed since."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import pytest

from support.harness.api import Api, ok
from support.harness.concurrency.order_history import added, ranks_in, tasks_by_rank
from support.harness.event_log import read_log
from support.harness.lock_waits import until_a_lock_is_waited_for
from support.harness.undoing import last_seq, undo
from taskhub.container import Container
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.application.commands import Context, Reply
from taskhub.kernel.application.unit_of_work import Attempt, ConcurrencyConflict
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.tasks.application.tasks import places
from taskhub.tasks.application.tasks.move_task import MoveTask
from taskhub.tasks.domain.place import FIRST, LAST, Place, Side


class Line(NamedTuple):
    """Tasks of a project, and a stranger in another one.

    ``moved`` goes ``beside`` another, before its follower. ``seq`` is that of a move of the other one.
    """

    api: Api
    moved: str
    other: str
    beside: str
    follower: str
    elsewhere: dict[str, Any]
    stranger: str
    seq: int

    async def move(self, id: str, **place: Any) -> None:
        ok(await self.api.post(f"tasks/{id}/move", place))

    @property
    def new(self) -> dict[str, Any]:
        return {"project_id": self.api.project["id"], "title": "One more"}

    async def batch(self, *operations: tuple[str, dict[str, Any]]) -> None:
        wanted = [{"method": "POST", "path": f"/{path}", "body": body} for path, body in operations]
        ok(await self.api.post("batch", {"operations": wanted}))


Change = Callable[[Line], Awaitable[Any]]

OF_THE_ORDER: dict[str, Change] = {
    "another move beside it": lambda line: line.move(line.other, after=line.beside),
    "a move elsewhere": lambda line: line.move(line.other, to="last"),
    "a move of the follower": lambda line: line.move(line.follower, to="first"),
    "a new task": lambda line: line.api.post("tasks", line.new),
    "a new task in a batch": lambda line: line.batch(("tasks", line.new)),
    "a move in a batch": lambda line: line.batch((f"tasks/{line.other}/move", {"after": line.beside})),
    "new tasks at once": lambda line: line.api.post("tasks/bulk_create", {"items": [line.new] * 2}),
    "a task from another project": lambda line: line.move(line.stranger, after=line.beside, project_id=line.api.project["id"]),
    "a move that is undone": lambda line: undo(line.api, line.seq),
}
OF_WHAT_IT_NAMES: dict[str, Change] = {
    "it was moved": lambda line: line.move(line.moved, to="last"),
    "it is in the trash": lambda line: line.api.delete(f"tasks/{line.moved}"),
    "it has changed": lambda line: line.api.patch(f"tasks/{line.moved}", {"title": "Changed"}),
    "the task beside it is in the trash": lambda line: line.api.delete(f"tasks/{line.beside}"),
    "the task beside it is in another project": lambda line: line.move(line.beside, to="last", project_id=line.elsewhere["id"]),
    "the project is archived": lambda line: line.api.post(f"projects/{line.api.project['id']}/archive"),
}
OF_OTHERS: dict[str, Change] = {
    "nothing": lambda line: line.api.get(f"tasks/{line.moved}"),
    "another task has changed": lambda line: line.api.patch(f"tasks/{line.other}", {"title": "Changed"}),
    "the follower is in the trash": lambda line: line.api.delete(f"tasks/{line.follower}"),
    "the follower is in another project": lambda line: line.move(line.follower, to="last", project_id=line.elsewhere["id"]),
    "a comment": lambda line: line.api.post(f"tasks/{line.moved}/comments", {"body": "Done yet?"}),
    "a move in another project": lambda line: line.move(line.stranger, to="first"),
}


@pytest.fixture
async def line(ada: Api) -> Line:
    home, elsewhere = ada.project, await ada.open_project(key="ELSE")
    ada.project = elsewhere
    stranger, _ = await added(ada, 2)
    ada.project = home
    moved, other, beside, follower = await added(ada, 4)
    line = Line(ada, moved, other, beside, follower, elsewhere, stranger, 0)
    await line.move(other, to="first")
    return line._replace(seq=await last_seq(ada))


async def moved_meanwhile(container: Container, line: Line, place: Place, change: Change) -> None:
    """The first attempt at a move, with a change between what it reads and its commit."""
    async with container.modules["tasks"].unit_of_work(Attempt(Context(), system_clock())) as uow:
        command = MoveTask(UUID(line.api.workspace["id"]), UUID(line.moved), place, None, {}, None)
        task = await container.modules["tasks"].move_task().use_case(command, uow)
        answer = await change(line)
        assert getattr(answer, "is_success", True), answer.text
        await uow.commit(task, Reply())


def beside(line: Line) -> Place:
    return Place(Side.AFTER, UUID(line.beside))


@pytest.mark.parametrize("change", [*OF_THE_ORDER.values(), *OF_WHAT_IT_NAMES.values()], ids=[*OF_THE_ORDER, *OF_WHAT_IT_NAMES])
async def test_it_misses_and_writes_nothing(container: Container, database: Database, line: Line, change: Change) -> None:
    seen: dict[str, Any] = {}

    async def noted(line: Line) -> None:
        await change(line)
        seen.update(await state_of(database, line))

    with pytest.raises(ConcurrencyConflict):
        await moved_meanwhile(container, line, beside(line), noted)
    assert await state_of(database, line) == seen


@pytest.mark.parametrize("place", [FIRST, LAST])
@pytest.mark.parametrize("change", OF_THE_ORDER.values(), ids=OF_THE_ORDER)
async def test_so_does_a_move_to_an_end(container: Container, line: Line, place: Place, change: Change) -> None:
    with pytest.raises(ConcurrencyConflict):
        await moved_meanwhile(container, line, place, change)


@pytest.mark.parametrize("change", OF_OTHERS.values(), ids=OF_OTHERS)
async def test_it_is_not_kept_up_by_what_changes_neither(container: Container, line: Line, change: Change) -> None:
    await moved_meanwhile(container, line, beside(line), change)
    in_order = [task["id"] for task in await tasks_by_rank(line.api)]
    assert in_order.index(line.moved) == in_order.index(line.beside) + 1


async def test_a_first_attempt_makes_no_room(container: Container, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MAX_LENGTH", 10)
    with pytest.raises(ConcurrencyConflict):
        await moved_meanwhile(container, line, beside(line), OF_OTHERS["nothing"])


async def test_a_batch_creates_before_and_after_it_moves(line: Line) -> None:
    await line.batch(("tasks", line.new), (f"tasks/{line.other}/move", {"after": line.beside}), ("tasks", line.new))
    in_order = await tasks_by_rank(line.api)
    assert [task["number"] for task in in_order] == [1, 3, 2, 4, 5, 6]


async def state_of(database: Database, line: Line) -> dict[str, Any]:
    return {
        "log": await read_log(database, UUID(line.api.workspace["id"])),
        "ranks": await ranks_in(database, line.api.project),
        "tasks": await tasks_by_rank(line.api),
    }


async def test_one_that_waited_for_a_change_of_its_task_keeps_no_former_place(
    container: Container, database: Database, database_url: str, line: Line
) -> None:
    """The statement sees the row as it was when it began to wait."""
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    key = (UUID(line.api.workspace["id"]), UUID(line.moved))
    try:
        async with container.modules["tasks"].unit_of_work(Attempt(Context(), system_clock())) as uow:
            command = MoveTask(*key, beside(line), None, {}, None)
            task = await container.modules["tasks"].move_task().use_case(command, uow)
            async with connection.transaction():
                await connection.execute("UPDATE tasks SET version = version + 1 WHERE workspace_id = $1 AND id = $2", *key)
                commit = asyncio.ensure_future(uow.commit(task, Reply()))
                await until_a_lock_is_waited_for(database_url)
            with pytest.raises(ConcurrencyConflict):
                await commit
        kept = await connection.fetch("SELECT FROM former_places WHERE workspace_id = $1 AND task_id = $2", *key)
        assert kept == []
    finally:
        await connection.close()
