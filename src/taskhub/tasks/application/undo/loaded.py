"""All that a command did to the things of this module, and those things as they are now, locked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from taskhub.kernel.application.reversal import Effect
from taskhub.tasks.application.undo.places import Places
from taskhub.tasks.application.undo.ports import UndoWork
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.domain.label import Label
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import PEOPLE, Task


@dataclass(frozen=True, slots=True)
class Loaded:
    """Attributes:
    effects: by the type of thing.
    members, known_labels: those that are there of the ones that tasks get back.
    key_owners: the tasks that have external keys which others get back.
    """

    effects: Mapping[str, Sequence[Effect]]
    members: frozenset[UUID]
    known_labels: frozenset[UUID]
    key_owners: Mapping[str, UUID]
    labels: Mapping[UUID, Label]
    projects: Mapping[UUID, Project]
    tasks: Mapping[UUID, Task]
    comments: Mapping[UUID, Comment]
    places: Places

    def of_type(self, entity_type: str) -> Sequence[Effect]:
        return self.effects.get(entity_type, ())


async def load(workspace_id: UUID, effects: Sequence[Effect], work: UndoWork) -> Loaded:
    """Locks all that is concerned, in the order of locks (decision 14), so that one undo runs at a time in a workspace."""
    by_type: dict[str, list[Effect]] = {}
    for effect in effects:
        by_type.setdefault(effect.entity_type, []).append(effect)
    of_tasks, of_comments = by_type.get(Task.entity_type, []), by_type.get(Comment.entity_type, [])
    task_ids = {effect.entity_id for effect in of_tasks} | {UUID(task_of(effect)) for effect in of_comments}
    project_ids = {effect.entity_id for effect in by_type.get(Project.entity_type, ())}
    project_ids |= {UUID(before) for effect in of_tasks if (before := effect.changes.get("project_id", (None,))[0])}
    await work.memberships.lock_workspace(workspace_id)
    members = await work.memberships.require(workspace_id, map(UUID, _put_back(of_tasks, *PEOPLE)))
    labels = await work.lock_labels(workspace_id, [effect.entity_id for effect in by_type.get(Label.entity_type, ())])
    known_labels = await work.labels.require(workspace_id, map(UUID, _put_back(of_tasks, "label_ids")))
    keys = _put_back(of_tasks, "external_keys")
    key_owners = await work.tasks.external_key_owners(workspace_id, keys) if keys else {}
    tasks, projects = await work.lock_tasks(workspace_id, task_ids, project_ids)
    comments = await work.lock_comments(workspace_id, [effect.entity_id for effect in of_comments])
    places = await Places.load(workspace_id, of_tasks, work)
    return Loaded(by_type, members, known_labels, key_owners, labels, projects, tasks, comments, places)


def task_of(effect: Effect) -> Any:
    """The id of the task that a comment is on."""
    return (effect.after or effect.removed or {})["task_id"]


def _put_back(effects: Iterable[Effect], *names: str) -> set[str]:
    """The ids, or external keys, that tasks get back in lists."""
    return {
        value
        for effect in effects
        for name in names
        if not effect.is_creation and name in effect.changes
        for value in {*(effect.changes[name][0] or ())} - {*(effect.changes[name][1] or ())}
    }
