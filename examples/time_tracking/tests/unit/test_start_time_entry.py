"""Starting to work on a task."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from taskhub.kernel.domain.errors import UnknownReference
from taskhub.tasks.contract.tasks import TaskFacts

from fakes import FakeUnitOfWork
from taskhub_time_tracking.application.start_time_entry import StartTimeEntry, start_time_entry
from taskhub_time_tracking.domain.errors import TaskClosed
from taskhub_time_tracking.domain.time_entry import TimeEntry

WORKSPACE, TASK, ADA = uuid4(), uuid4(), uuid4()
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


async def start(uow: FakeUnitOfWork) -> TimeEntry:
    command = StartTimeEntry(WORKSPACE, uuid4(), TASK, None, ADA)
    return await start_time_entry(command, uow, clock=lambda: NOW)  # type: ignore[arg-type]  # A fake.


def a_task(*, closed: bool) -> FakeUnitOfWork:
    uow = FakeUnitOfWork()
    uow.tasks.known[TASK] = TaskFacts(TASK, uuid4(), is_closed=closed, is_archived=False)
    return uow


async def test_time_is_started_on_an_open_task() -> None:
    entry = await start(uow := a_task(closed=False))

    assert (entry.task_id, entry.user_id, entry.started_at) == (TASK, ADA, NOW)
    assert uow.time_entries.kept == {entry.id: entry}


async def test_none_is_started_on_a_closed_one() -> None:
    with pytest.raises(TaskClosed):
        await start(a_task(closed=True))


async def test_a_task_that_is_not_there_is_an_unknown_reference() -> None:
    with pytest.raises(UnknownReference) as refusal:
        await start(FakeUnitOfWork())

    assert [fault.pointer for fault in refusal.value.faults] == ["/task_id"]
