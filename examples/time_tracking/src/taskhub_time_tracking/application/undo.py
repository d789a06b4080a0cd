"""Takes back commands on time entries."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from taskhub.kernel.application.reversal import THING, Effect, Undo, Undoable, changed_members, taken_back
from taskhub.tasks.contract.tasks import Tasks
from taskhub.workspaces.contract.access import CONTRIBUTE, MANAGE

from taskhub_time_tracking.application.ports import TimeEntryRepository
from taskhub_time_tracking.application.views import TimeEntryView
from taskhub_time_tracking.contract.events import (
    TIME_ENTRY_CHANGED,
    TIME_ENTRY_DELETED,
    TIME_ENTRY_RESTORED,
    TIME_ENTRY_STARTED,
    TIME_ENTRY_STOPPED,
)
from taskhub_time_tracking.domain.errors import TaskClosed
from taskhub_time_tracking.domain.time_entry import TimeEntry

UNDO: Mapping[str, Undoable] = dict.fromkeys(
    (TIME_ENTRY_STARTED, TIME_ENTRY_STOPPED, TIME_ENTRY_CHANGED, TIME_ENTRY_DELETED, TIME_ENTRY_RESTORED), CONTRIBUTE
)
"""What it takes to take back each type of event: the right to do the opposite. Whose entry it is is asked below."""
_CORRECTED = ("note", "started_at", "stopped_at")
_NOT_GIVEN = frozenset({"seconds", "version", "updated_at"})


class TimeTrackingReversal:
    """What was started is deleted, what was deleted comes back, what was stopped or corrected is as it was."""

    def __init__(
        self, entries: Callable[[Any], TimeEntryRepository], tasks: Callable[[Any], Tasks], max_duration: timedelta
    ) -> None:
        """``entries``, ``tasks``: over a unit of work."""
        self._entries = entries
        self._tasks = tasks
        self._max_duration = max_duration

    async def take_back(self, effects: Sequence[Effect], undo: Undo, uow: Any, /) -> None:
        """Raises:
        NotFound, ProjectArchived, TaskClosed: the task of an entry takes none.
        ChangedSince
        NotAllowed
        TimeEntryTooLong
        """
        entries = self._entries(uow)
        await _require_tasks(effects, undo, self._tasks(uow))
        loaded = {entry.id: entry for entry in await entries.find_all(undo.stream_id, [one.entity_id for one in effects])}
        _find_conflicts(effects, loaded, undo)
        for effect in effects:
            entry = loaded.get(effect.entity_id) or _restored(effect, undo)
            entry.require_right(undo.caller_id, manages=undo.may(MANAGE))
            if effect.after is None:
                entries.add(entry)
            elif effect.is_creation:
                entry.delete(undo.now)
                entries.remove(entry)
            else:
                entry.change(max_duration=self._max_duration, now=undo.now, **_values(effect, undo.shown(entry)))


async def _require_tasks(effects: Iterable[Effect], undo: Undo, tasks: Tasks) -> None:
    """An entry that comes back needs its task, one that runs again an open task. Tasks are locked before entries."""
    for effect in effects:
        was_running = effect.changes.get("stopped_at", (THING,))[0] is None and not effect.is_creation
        shown = effect.after or effect.removed or {}
        if effect.after is None or was_running:
            runs = was_running or shown["stopped_at"] is None
            facts = await tasks.require(undo.stream_id, UUID(shown["task_id"]), keep_unclosed=runs)
            if runs and facts.is_closed:
                raise TaskClosed


def _find_conflicts(effects: Iterable[Effect], loaded: Mapping[UUID, TimeEntry], undo: Undo) -> None:
    for effect in effects:
        entry = loaded.get(effect.entity_id)
        if (entry is None) != (effect.after is None):
            undo.conflicts.add(TimeEntry.entity_type, effect.entity_id, THING)
        elif entry is not None:
            shown = undo.shown(entry)
            changed = changed_members(effect, shown) if effect.is_creation else taken_back(effect, shown)[1]
            undo.conflicts.add(TimeEntry.entity_type, entry.id, *changed)
    undo.conflicts.check()


def _restored(effect: Effect, undo: Undo) -> TimeEntry:
    view = msgspec.structs.asdict(msgspec.convert(effect.removed, TimeEntryView))
    return TimeEntry.restore(effect.version, undo.now, **{name: value for name, value in view.items() if name not in _NOT_GIVEN})


def _values(effect: Effect, shown: Mapping[str, Any]) -> dict[str, Any]:
    values, _ = taken_back(effect, shown)
    view = msgspec.convert({**shown, **values}, TimeEntryView)
    return {name: getattr(view, name) for name in _CORRECTED if name in values}
