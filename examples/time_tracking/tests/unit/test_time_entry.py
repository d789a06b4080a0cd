"""The rules of a time entry."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from taskhub.kernel.domain.errors import NotAllowed, ValidationFailed

from taskhub_time_tracking.domain.errors import TimeEntryTooLong
from taskhub_time_tracking.domain.time_entry import TimeEntry, seconds_between

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
ADA, GRACE = uuid4(), uuid4()


def an_entry(stopped_at: datetime | None = None, user_id: UUID = ADA) -> TimeEntry:
    """One as it is loaded: nothing has happened to it yet."""
    return TimeEntry(uuid4(), uuid4(), uuid4(), user_id, None, NOW, stopped_at, 1, NOW, NOW)


def test_a_new_one_runs_from_now_on() -> None:
    entry = TimeEntry.start(workspace_id=uuid4(), id=uuid4(), task_id=uuid4(), user_id=ADA, note="Oil", now=NOW)

    assert (entry.started_at, entry.stopped_at, entry.event) == (NOW, None, "time_entry.started")


def test_it_stops_once() -> None:
    entry = an_entry()
    entry.stop(NOW + HOUR, max_duration=DAY, now=NOW + HOUR)
    entry.stop(NOW + 2 * HOUR, max_duration=DAY, now=NOW + 2 * HOUR)

    assert (entry.stopped_at, entry.updated_at, entry.event) == (NOW + HOUR, NOW + HOUR, "time_entry.stopped")


def test_one_that_is_stopped_stays_as_it_is() -> None:
    entry = an_entry(stopped_at=NOW + HOUR)
    entry.stop(NOW + 2 * HOUR, max_duration=DAY, now=NOW + 2 * HOUR)

    assert (entry.stopped_at, entry.event) == (NOW + HOUR, None)


def test_one_that_was_forgotten_stops_at_its_greatest_length() -> None:
    entry = an_entry()
    entry.stop(NOW + 3 * DAY, max_duration=DAY, now=NOW + 3 * DAY)

    assert entry.stopped_at == NOW + DAY


def test_it_never_stops_before_it_starts() -> None:
    """Clocks differ: its task may have been closed by a process whose clock is behind."""
    entry = an_entry()
    entry.stop(NOW - timedelta(seconds=1), max_duration=DAY, now=NOW)

    assert entry.stopped_at == NOW


def test_a_change_that_changes_nothing_is_none() -> None:
    entry = an_entry(stopped_at=NOW + HOUR)
    entry.change(max_duration=DAY, now=NOW + DAY, stopped_at=NOW + HOUR)

    assert entry.event is None


def test_its_times_can_be_corrected() -> None:
    entry = an_entry(stopped_at=NOW + HOUR)
    entry.change(max_duration=DAY, now=NOW + DAY, started_at=NOW - HOUR, note="Looked for the leak")

    assert (entry.started_at, entry.note, entry.event) == (NOW - HOUR, "Looked for the leak", "time_entry.changed")


def test_a_running_one_that_gets_its_end_is_stopped() -> None:
    entry = an_entry()
    entry.change(max_duration=DAY, now=NOW + DAY, stopped_at=NOW + HOUR)

    assert (entry.stopped_at, entry.event) == (NOW + HOUR, "time_entry.stopped")


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"started_at": NOW + 2 * DAY}, "in_the_future", "/started_at"),
        ({"stopped_at": NOW + 2 * DAY}, "in_the_future", "/stopped_at"),
        ({"stopped_at": NOW - HOUR}, "ends_before_start", "/stopped_at"),
    ],
)
def test_times_that_can_not_be_are_refused(changes: dict[str, datetime], code: str, pointer: str) -> None:
    entry = an_entry()
    with pytest.raises(ValidationFailed) as refusal:
        entry.change(max_duration=DAY, now=NOW + DAY, **changes)

    assert [(fault.code, fault.pointer) for fault in refusal.value.faults] == [(code, pointer)]
    assert entry.event is None


def test_it_may_be_as_long_as_the_limit_and_no_longer() -> None:
    entry = an_entry()
    entry.change(max_duration=DAY, now=NOW + 2 * DAY, stopped_at=NOW + DAY)
    with pytest.raises(TimeEntryTooLong) as refusal:
        entry.change(max_duration=DAY, now=NOW + 2 * DAY, stopped_at=NOW + DAY + timedelta(microseconds=1))

    assert refusal.value.extra == {"max_hours": 24}


def test_the_time_of_others_is_changed_only_by_those_who_manage() -> None:
    entry = an_entry(user_id=ADA)
    entry.require_right(ADA, manages=False)
    entry.require_right(GRACE, manages=True)
    with pytest.raises(NotAllowed):
        entry.require_right(GRACE, manages=False)


def test_its_length_is_in_full_seconds() -> None:
    assert seconds_between(NOW + timedelta(seconds=1, microseconds=999_999), NOW) == 1
