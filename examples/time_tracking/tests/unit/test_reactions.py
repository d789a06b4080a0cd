"""What happens to time entries when something happens to their task."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from taskhub.kernel.contract.events import Event
from taskhub.tasks.contract.events import TASK_MOVED, TASK_PURGED, TASK_TRASHED, TASK_UPDATED
from taskhub.tasks.contract.tasks import TaskFacts

from fakes import FakeUnitOfWork
from taskhub_time_tracking.application.background.delete_with_task import DeleteWithTask
from taskhub_time_tracking.application.background.stop_with_task import BATCH_SIZE, StopWithTask
from taskhub_time_tracking.domain.time_entry import TimeEntry

WORKSPACE, TASK = uuid4(), uuid4()
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
CLOSED = {"closed_at": [None, NOW.isoformat()]}
REOPENED = {"closed_at": [NOW.isoformat(), None]}


@pytest.fixture
def uow() -> FakeUnitOfWork:
    return FakeUnitOfWork()


def happened(type: str, changes: dict[str, Any], at: datetime = NOW) -> Event:
    return Event(WORKSPACE, 1, uuid4(), type, "task", TASK, 2, None, at, None, changes, None)


def running(uow: FakeUnitOfWork, *, since: datetime, task_id: UUID = TASK) -> TimeEntry:
    entry = TimeEntry(WORKSPACE, uuid4(), task_id, uuid4(), None, since, None, 1, since, since)
    uow.time_entries.add(entry)
    return entry


def the_task_is(uow: FakeUnitOfWork, *, closed: bool) -> None:
    uow.tasks.known[TASK] = TaskFacts(TASK, uuid4(), is_closed=closed, is_archived=False)


async def stop(uow: FakeUnitOfWork, event: Event) -> bool:
    """As the subscriber does it an hour later."""
    return await StopWithTask(lambda: NOW + HOUR, max_duration=24 * HOUR).handle(event, uow)  # type: ignore[arg-type]  # A fake.


@pytest.mark.parametrize("type", [TASK_UPDATED, TASK_MOVED])
async def test_they_stop_when_their_task_was_closed(uow: FakeUnitOfWork, type: str) -> None:
    entry, other = running(uow, since=NOW - HOUR), running(uow, since=NOW - HOUR, task_id=uuid4())
    the_task_is(uow, closed=True)

    assert await stop(uow, happened(type, CLOSED))
    assert (entry.stopped_at, other.stopped_at) == (NOW, None)


async def test_they_stop_when_their_task_went_to_the_trash(uow: FakeUnitOfWork) -> None:
    entry = running(uow, since=NOW - HOUR)

    assert await stop(uow, happened(TASK_TRASHED, {"deleted_at": [None, NOW.isoformat()]}))
    assert entry.stopped_at == NOW


@pytest.mark.parametrize("changes", [REOPENED, {"title": ["Oil", "Oil it"]}, {"closed_at": None}])
async def test_they_run_on_through_other_changes(uow: FakeUnitOfWork, changes: dict[str, Any]) -> None:
    entry = running(uow, since=NOW - HOUR)
    the_task_is(uow, closed=False)

    assert await stop(uow, happened(TASK_UPDATED, changes))
    assert entry.stopped_at is None


async def test_those_that_were_started_since_it_was_reopened_run_on(uow: FakeUnitOfWork) -> None:
    before, since = running(uow, since=NOW - HOUR), running(uow, since=NOW + timedelta(seconds=1))
    the_task_is(uow, closed=False)

    assert await stop(uow, happened(TASK_UPDATED, CLOSED))
    assert (before.stopped_at, since.stopped_at) == (NOW, None)


async def test_none_runs_on_a_closed_task_whatever_the_clocks_say(uow: FakeUnitOfWork) -> None:
    entry = running(uow, since=NOW + timedelta(seconds=1))
    the_task_is(uow, closed=True)

    assert await stop(uow, happened(TASK_UPDATED, CLOSED))
    assert entry.stopped_at == NOW + timedelta(seconds=1)


async def test_many_stop_in_several_steps(uow: FakeUnitOfWork) -> None:
    entries = [running(uow, since=NOW - HOUR) for _ in range(BATCH_SIZE + 1)]
    the_task_is(uow, closed=True)
    event = happened(TASK_UPDATED, CLOSED)

    assert [await stop(uow, event), await stop(uow, event)] == [False, True]
    assert {entry.stopped_at for entry in entries} == {NOW}


async def test_those_of_a_purged_task_are_deleted_with_what_the_log_has_of_them(uow: FakeUnitOfWork) -> None:
    entries, other = [running(uow, since=NOW) for _ in range(BATCH_SIZE + 1)], running(uow, since=NOW, task_id=uuid4())
    subscriber, event = DeleteWithTask(lambda: NOW + HOUR), happened(TASK_PURGED, {})

    steps = [await subscriber.handle(event, uow) for _ in range(2)]  # type: ignore[arg-type]  # A fake.
    assert steps == [False, True]
    assert list(uow.time_entries.kept) == [other.id]
    assert {entry.event for entry in entries} == {"time_entry.deleted"}
    assert sorted(uow.redacted) == sorted(entry.id for entry in entries)
