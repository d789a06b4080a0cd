"""Labels: what they get back. They have no trash: what was made is deleted, and what was deleted comes back under its id."""

from dataclasses import fields
from typing import Any
from uuid import UUID

import msgspec

from taskhub.kernel.application.reversal import THING, Effect, Undo, changed_members, taken_back
from taskhub.kernel.application.turns import in_turns
from taskhub.kernel.domain.errors import MAX_THINGS
from taskhub.tasks.application.undo.loaded import Loaded
from taskhub.tasks.application.undo.ports import UndoWork
from taskhub.tasks.application.views import LabelView
from taskhub.tasks.domain.label import Label
from taskhub.tasks.domain.task import Task

_ITS_OWN = frozenset({"workspace_id", "id", "version", "created_at", "updated_at"})
_CONTENT = [field.name for field in fields(Label) if field.name not in _ITS_OWN]


async def find_conflicts(loaded: Loaded, undo: Undo, work: UndoWork) -> None:
    """Notes what was changed since, and the tasks that have got a label since which will be gone."""
    async for effect in in_turns(loaded.of_type(Label.entity_type)):
        label = loaded.labels.get(effect.entity_id)
        if (label is None) != (effect.after is None):
            undo.conflicts.add(Label.entity_type, effect.entity_id, THING)
        elif label is not None:
            undo.conflicts.add(Label.entity_type, label.id, *_changed(effect, undo.shown(label)))
            if effect.is_creation:
                without = [other.entity_id for other in loaded.of_type(Task.entity_type)]
                for id in await work.tasks_with(label, without=without, limit=MAX_THINGS):
                    undo.conflicts.add(Task.entity_type, id, "label_ids")


def _changed(effect: Effect, shown: dict[str, Any]) -> list[str]:
    return changed_members(effect, shown) if effect.is_creation else taken_back(effect, shown)[1]


async def take_back(loaded: Loaded, undo: Undo, work: UndoWork) -> None:
    former = {label.id: label.folded_name for label in loaded.labels.values()}
    removed: set[UUID] = set()
    for effect in loaded.of_type(Label.entity_type):
        label = loaded.labels.get(effect.entity_id)
        if label is None:
            work.labels.add(_restored(undo.stream_id, effect, undo))
        elif effect.is_creation:
            label.delete(undo.now)
            work.labels.remove(label)
            removed.add(label.id)
        else:
            values, _ = taken_back(effect, undo.shown(label))
            label.update(now=undo.now, **values)
    freed = [one for one in loaded.labels.values() if one.id in removed or one.folded_name != former[one.id]]
    if freed and len(loaded.of_type(Label.entity_type)) > 1:  # One statement writes them all, in any order.
        await work.free_names(freed)


def _restored(workspace_id: UUID, effect: Effect, undo: Undo) -> Label:
    view = msgspec.convert(effect.removed, LabelView)
    values = {name: getattr(view, name) for name in _CONTENT}
    return Label.restore(
        workspace_id=workspace_id,
        id=effect.entity_id,
        version=effect.version,
        created_at=view.created_at,
        now=undo.now,
        **values,
    )
