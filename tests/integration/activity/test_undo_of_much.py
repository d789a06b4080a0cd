"""An undo of much lets others have their turn, and of too much is refused before it is loaded."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from support.harness.api import Api, ok
from support.harness.problems import problem
from support.harness.undoing import last_seq, undo
from taskhub.activity.application.undo_command import UNDO_SECONDS
from taskhub.activity.infrastructure.unit_of_work import SqlUndoUnitOfWork
from taskhub.kernel.application.turns import THINGS_PER_TURN
from taskhub.kernel.infrastructure.event_log import command_events
from taskhub.kernel.infrastructure.postgres.connection import SPARE_SECONDS
from taskhub.kernel.infrastructure.unit_of_work import plan
from taskhub.kernel.infrastructure.unit_of_work.changes import change_of
from taskhub.kernel.infrastructure.unit_of_work.identity_map import IdentityMap
from taskhub.tasks.application.undo.task_changes import TaskChange
from taskhub.tasks.domain.task import Task

TASKS = 3 * THINGS_PER_TURN
STEPS: dict[str, tuple[Any, str]] = {
    "reads what was done to each": (command_events, "_effect"),
    "loads each": (IdentityMap, "load"),
    "compares each": (SqlUndoUnitOfWork, "shown"),
    "compares each with its project": (TaskChange, "check_project"),
    "brings back each": (Task, "untrash"),
    "trashes each again": (Task, "trash_with"),
}


async def add_tasks(api: Api, count: int, **values: Any) -> None:
    items = [{"project_id": api.project["id"], "title": f"Task {number}", **values} for number in range(count)]
    ok(await api.post("tasks/bulk_create", {"items": items}))


@pytest.mark.parametrize("step", STEPS)
async def test_between_every_hundred_things_others_have_their_turn(ada: Api, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Counts how many calls there are in each turn of the event loop."""
    owner, name = STEPS[step]
    turn, calls = 0, Counter[int]()
    called: Callable[..., Any] = getattr(owner, name)

    def count(*args: Any, **kwargs: Any) -> Any:
        calls[turn] += 1
        return called(*args, **kwargs)

    async def take_turns() -> None:
        nonlocal turn
        while True:
            turn += 1
            await asyncio.sleep(0)

    await add_tasks(ada, TASKS)
    assert (await ada.delete(f"projects/{ada.project['id']}")).status_code == 204
    monkeypatch.setattr(owner, name, count)
    others = asyncio.create_task(take_turns())
    try:
        await undo(ada, await last_seq(ada))
        await undo(ada, await last_seq(ada))
    finally:
        others.cancel()
    assert sum(calls.values()) >= TASKS
    assert max(calls.values()) <= THINGS_PER_TURN + 1


async def test_a_command_with_too_much_content_is_not_loaded(ada: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    await add_tasks(ada, 5, description="€" * 1000)
    monkeypatch.setattr(command_events, "MAX_BYTES", 15_000)
    seq = await last_seq(ada)
    refusal = problem(await ada.post(f"changes/{seq}/undo"), 409, "not_undoable")
    assert "too much" in refusal["detail"]
    monkeypatch.setattr(command_events, "MAX_BYTES", 100_000)
    await undo(ada, seq)


@pytest.mark.parametrize("path", ["", "?dry_run=true"])
async def test_the_commit_of_many_things_is_planned_in_a_thread(ada: Api, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    threads = Counter[int]()

    def note(*args: Any) -> Any:
        threads[threading.get_ident()] += 1
        return change_of(*args)

    await add_tasks(ada, TASKS)
    monkeypatch.setattr(plan, "change_of", note)
    ok(await ada.post(f"changes/{await last_seq(ada)}/undo{path}"))
    assert sum(threads.values()) == TASKS
    assert threading.get_ident() not in threads


async def test_the_driver_waits_as_long_as_the_server_may_take(ada: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise an undo of thousands fails at the first statement that takes longer than statements usually may."""
    waits: dict[str, float | None] = {}
    fetch = asyncpg.Connection.fetch

    async def note(self: Any, query: str, *args: Any, **options: Any) -> Any:
        waits.setdefault(query, options["timeout"])  # The answer reads the events of the new command by the same statement.
        return await fetch(self, query, *args, **options)

    await add_tasks(ada, 2)
    seq = await last_seq(ada)
    monkeypatch.setattr(asyncpg.Connection, "fetch", note)
    await undo(ada, seq)
    assert waits[command_events._EVENTS.sql] == UNDO_SECONDS + SPARE_SECONDS
    (commit,) = (wait for query, wait in waits.items() if "INSERT INTO events" in query)
    assert commit == UNDO_SECONDS + SPARE_SECONDS
