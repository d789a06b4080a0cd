"""Comments: what they get back. They have no trash: what was written is deleted, and what was deleted comes back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from taskhub.kernel.application.reversal import THING, Effect, Undo, changed_members, taken_back
from taskhub.tasks.application.undo.loaded import Loaded, task_of
from taskhub.tasks.application.undo.ports import UndoWork
from taskhub.tasks.application.undo.task_changes import TaskChange
from taskhub.tasks.domain.comment import Comment, named_in
from taskhub.tasks.domain.task import Task
from taskhub.workspaces.contract.access import MANAGE


def find_conflicts(loaded: Loaded, tasks: Mapping[UUID, TaskChange], undo: Undo) -> None:
    """Notes what was changed since, and the tasks of comments that went to the trash."""
    for effect in _left(loaded):
        comment = loaded.comments.get(effect.entity_id)
        if comment is None or not _is_as_left(comment, effect):
            undo.conflicts.add(Comment.entity_type, effect.entity_id, THING)
        elif effect.after is not None:
            undo.conflicts.add(Comment.entity_type, comment.id, *_changed(effect, undo.shown(comment)))
        task_id = UUID(task_of(effect))
        if not (task_id in tasks or _is_live(task_id, loaded)):
            undo.conflicts.add(Task.entity_type, task_id, "deleted_at")


def _left(loaded: Loaded) -> list[Effect]:
    """Without those that the command has brought back and deleted again, and those on a task that it has created and trashed."""
    new = {effect.entity_id for effect in loaded.of_type(Task.entity_type) if effect.is_creation}
    trashed = {str(id) for id in new if id in loaded.tasks and loaded.tasks[id].deleted_at is not None}
    effects = loaded.of_type(Comment.entity_type)
    return [one for one in effects if task_of(one) not in trashed and not (one.after is None and _is_back(one))]


def _is_as_left(comment: Comment, effect: Effect) -> bool:
    """Whether it is there, or is gone, since the command: one that was deleted again has another text, or another deleter."""
    return comment.deleted_at is None if effect.after is not None else comment.version == effect.version


def _is_live(task_id: UUID, loaded: Loaded) -> bool:
    """Whether a task is there that the command has not touched. One that it has is compared itself."""
    task = loaded.tasks.get(task_id)
    return task is not None and task.deleted_at is None


def _changed(effect: Effect, shown: dict[str, Any]) -> list[str]:
    return changed_members(effect, shown) if effect.is_creation or _is_back(effect) else taken_back(effect, shown)[1]


def _is_back(effect: Effect) -> bool:
    return effect.has("comment.restored")


async def take_back(loaded: Loaded, undo: Undo, work: UndoWork) -> None:
    """Raises:
    NotAllowed: it is somebody else's.
    ProjectArchived
    """
    for effect in _left(loaded):
        comment = loaded.comments[effect.entity_id]
        if effect.is_creation or _is_back(effect):
            comment.delete(actor_id=undo.caller_id, moderates=undo.may(MANAGE), now=undo.now)
            work.comments.remove(comment)
        else:
            loaded.projects[loaded.tasks[comment.task_id].project_id].require_open()
            await _give_back(comment, effect, undo, work)


async def _give_back(comment: Comment, effect: Effect, undo: Undo, work: UndoWork) -> None:
    """Gives it back its text. Mentioned are those who are members today."""
    before: dict[str, Any] = {"body": comment.body, "edited_at": comment.edited_at}
    before |= {name: values[0] for name, values in effect.changes.items()}
    before |= effect.removed or {}
    body, edited_at = str(before["body"]), msgspec.convert(before["edited_at"], datetime | None)
    members = await work.memberships.find_members(undo.stream_id, named_in(body))
    if effect.after is None:
        comment.restore(
            body,
            edited_at,
            actor_id=undo.caller_id,
            moderates=undo.may(MANAGE),
            deleted_by_id=effect.actor_id,
            members=members,
            now=undo.now,
        )
    else:
        comment.revert(body, edited_at, actor_id=undo.caller_id, members=members, now=undo.now)
