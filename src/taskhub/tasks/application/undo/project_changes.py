"""Projects: what they get back, before and after their tasks do."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec

from taskhub.kernel.application.reversal import THING, Conflicts, Effect, Undo, changed_members, taken_back
from taskhub.kernel.domain.errors import MAX_THINGS
from taskhub.tasks.application.undo.contents import trashed_since
from taskhub.tasks.application.undo.loaded import Loaded
from taskhub.tasks.application.undo.ports import UndoWork
from taskhub.tasks.application.views import WorkflowView, workflow_of
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task
from taskhub.tasks.domain.workflow import Workflow

_CONTENT = ("name", "description")


class ProjectChange:
    """One project that a command has changed or made, and the values that it gets back."""

    def __init__(self, effect: Effect, project: Project, shown: dict[str, Any], conflicts: Conflicts) -> None:
        self.project = project
        self._values, changed = taken_back(effect, shown)
        if effect.is_creation:
            self._values, changed = {}, changed_members(effect, shown)
        elif effect.after is not None and effect.after["deleted_at"] != shown["deleted_at"]:
            changed = [*changed, "deleted_at"]
        conflicts.add(Project.entity_type, project.id, *dict.fromkeys(changed))
        is_deleted = project.deleted_at is not None
        self._trashed_at = self._values.get("deleted_at")
        self.is_restored = is_deleted and "deleted_at" in self._values and self._trashed_at is None
        self.is_trashed = not is_deleted and (effect.is_creation or "deleted_at" in self._values)

    @property
    def was_deleted(self) -> bool:
        """Whether it came back from the trash by the command."""
        return self._trashed_at is not None

    def takes_along(self, trashed_at: str | None) -> bool:
        """Whether it goes to the trash, and with it a task that had been there since this moment."""
        return (self.is_trashed or self.was_deleted) and self._trashed_at == trashed_at

    @cached_property
    def workflow(self) -> Workflow:
        """The workflow that it has after the undo."""
        shown = self._values.get("workflow")
        return self.project.workflow if shown is None else workflow_of(msgspec.convert(shown, WorkflowView))

    @property
    def has_other_workflow(self) -> bool:
        return "workflow" in self._values

    @property
    def is_opened(self) -> bool:
        """Whether it leaves the archive, if only until the end of the undo."""
        return "archived_at" in self._values

    async def open(self, task_ids: Iterable[UUID], statuses: Iterable[str], now: datetime, work: UndoWork) -> None:
        """What has to come before the changes of tasks. ``statuses``: those that its tasks with these ids will have.

        Here and in `close` what counts most comes last: the event is named after that.

        Raises:
            StatusInUse: other tasks have a status that it has no more then.
        """
        content = {name: self._values[name] for name in _CONTENT if name in self._values}
        if content:
            self.project.update(now=now, **content)
        if self.has_other_workflow:
            in_use = {*statuses, *await work.statuses_in_use(self.project, without=task_ids)}
            self.project.set_workflow(self.workflow, moves={}, in_use=frozenset(in_use), now=now)
        if self.is_opened:
            self.project.unarchive(now)

    def close(self, now: datetime) -> None:
        """What has to come after them."""
        archived_at = self._values.get("archived_at")
        if archived_at is not None:
            self.project.archive(now, since=msgspec.convert(archived_at, datetime))
        since = trashed_since(self._values, now)
        if self.is_restored:
            self.project.restore(now)
        elif self.is_trashed or since is not None:
            self.project.trash(now, since=since)


def project_changes(loaded: Loaded, undo: Undo) -> dict[UUID, ProjectChange]:
    changes: dict[UUID, ProjectChange] = {}
    for effect in loaded.of_type(Project.entity_type):
        project = loaded.projects.get(effect.entity_id)
        if project is None:
            undo.conflicts.add(Project.entity_type, effect.entity_id, THING)
        else:
            changes[project.id] = ProjectChange(effect, project, undo.shown(project), undo.conflicts)
    return changes


async def find_left_tasks(changes: Iterable[ProjectChange], task_ids: Iterable[UUID], undo: Undo, work: UndoWork) -> None:
    """Notes the tasks that would be left in a project that goes to the trash: they were put there since."""
    for change in changes:
        if change.is_trashed:
            for id in await work.live_tasks_of(change.project, without=task_ids, limit=MAX_THINGS):
                undo.conflicts.add(Task.entity_type, id, "project_id")
