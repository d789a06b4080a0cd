"""Tasks: what they get back, and what hinders that."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from taskhub.kernel.application.reversal import THING, Conflicts, Effect, Undo, changed_members, taken_back
from taskhub.kernel.application.turns import in_turns
from taskhub.tasks.application.undo.contents import LINKS, content_of, trashed_since
from taskhub.tasks.application.undo.loaded import Loaded
from taskhub.tasks.application.undo.project_changes import ProjectChange
from taskhub.tasks.domain.label import Label
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import PEOPLE, Task

_ELSEWHERE = frozenset({"project_id", "number", "key", "deleted_at"})
"""Members that are no content."""
_BY_WORKFLOW = frozenset({"status", "status_category", "closed_at"})
_BY_LABEL = frozenset({"label_ids"})


class TaskChange:
    """One task that a command has changed or made.

    Attributes:
        home: the project that it belongs to after the undo.
        content, closed_at: what it has then.
        rank: its former place; None if that did not change, or is not known.
        trashed_at: since when it was in the trash before the command, as in the log; None if it was not, or did not come back.
        trashed_since: the same, unless it would be purged at once.
        is_restored, is_trashed: whether it comes back from the trash by the undo, or goes there.
        is_trashed_anew: whether it is in the trash, and will be as it was there before the command.
        is_consequence: whether the command changed it only because it changed the workflow or a label.
    """

    def __init__(self, effect: Effect, task: Task, loaded: Loaded, undo: Undo) -> None:
        self.effect = effect
        self.task = task
        shown, conflicts = undo.shown(task), undo.conflicts
        values, changed = taken_back(effect, shown, links=LINKS)
        if effect.is_creation:
            values, changed = {}, changed_members(effect, shown)
        elif effect.after is not None and effect.after["deleted_at"] != shown["deleted_at"]:
            changed = [*changed, "deleted_at"]
        if loaded.places.is_left(effect):
            changed = [*changed, "rank"]
        self._note(changed, conflicts)
        is_deleted = task.deleted_at is not None
        self.trashed_at = values.get("deleted_at")
        self.trashed_since = trashed_since(values, undo.now)
        self.is_restored = is_deleted and "deleted_at" in values and self.trashed_at is None
        self.is_trashed = not is_deleted and (effect.is_creation or "deleted_at" in values)
        self.is_trashed_anew = is_deleted and self.trashed_since is not None
        self.is_live = not self.is_trashed and (self.is_restored or not is_deleted)
        self.home = self._project = loaded.projects[task.project_id]
        self.number: Any = values.get("number", task.number)
        self.rank = None if effect.is_creation else loaded.places.before(effect)
        self.content, self.closed_at = self._content(values, shown)
        self.is_consequence = _is_consequence(effect, task, loaded)
        if "project_id" in values:
            self._go_home(loaded.projects.get(UUID(values["project_id"])), conflicts)
        self._check_people_and_labels(loaded, conflicts)

    @property
    def goes_over(self) -> bool:
        """Whether it goes back to another project."""
        return self.home.id != self.task.project_id

    @property
    def gets_other_key(self) -> bool:
        """Whether it goes back to another project, or to a number that it had there before it went over and came back."""
        return self.goes_over or self.number != self.task.number

    @property
    def new_blockers(self) -> list[UUID]:
        return [id for id in self.content.blocked_by_ids if id not in self.task.content.blocked_by_ids]

    @property
    def new_parent(self) -> UUID | None:
        return self.content.parent_id if self.content.parent_id != self.task.content.parent_id else None

    def _note(self, changed: Iterable[str], conflicts: Conflicts) -> None:
        conflicts.add(Task.entity_type, self.task.id, *dict.fromkeys(changed))

    def _content(self, values: Mapping[str, Any], shown: dict[str, Any]) -> Any:
        content = {name: value for name, value in values.items() if name not in _ELSEWHERE}
        return content_of({**shown, **content}) if content else (self.task.content, self.task.closed_at)

    def _go_home(self, home: Project | None, conflicts: Conflicts) -> None:
        if home is None:
            self._note(["project_id"], conflicts)
        else:
            self.home = home

    def _check_people_and_labels(self, loaded: Loaded, conflicts: Conflicts) -> None:
        """Who left since can't be put back, nor can a label that is gone."""
        is_back = {effect.entity_id for effect in loaded.of_type(Label.entity_type) if effect.after is None}
        known = {**dict.fromkeys(PEOPLE, loaded.members), "label_ids": loaded.known_labels | is_back}
        for name, ids in known.items():
            if {*getattr(self.content, name)} - {*getattr(self.task.content, name)} - ids:
                self._note([name], conflicts)

    def check_project(self, changes: Mapping[UUID, ProjectChange], conflicts: Conflicts) -> None:
        """Whether its project is there, and has its status."""
        change = changes.get(self.home.id)
        is_deleted = self.home.deleted_at is not None and not (change and (change.is_restored or change.was_deleted))
        if is_deleted and (self.is_live or self.goes_over):
            conflicts.add(Project.entity_type, self.home.id, "deleted_at")
        workflow = change.workflow if change else self.home.workflow
        if self.content != self.task.content and not workflow.has(self.content.status):
            conflicts.add(Project.entity_type, self.home.id, "workflow")

    def check_keys(self, changes: "Mapping[UUID, TaskChange]", owners: Mapping[str, UUID], conflicts: Conflicts) -> None:
        """An external key that another task got since can't be put back, unless that gives it back as well."""
        for key in {*self.content.external_keys} - {*self.task.content.external_keys}:
            owner = owners.get(key, self.task.id)
            if owner != self.task.id and not (owner in changes and changes[owner]._gives_back(key)):
                self._note(["external_keys"], conflicts)

    def _gives_back(self, key: str) -> bool:
        """Whether an external key of this task is free for another one. What the command created keeps its keys in the trash, but
        for those that it had from others.
        """
        kept = self.content.external_keys
        if key in kept and self.effect.is_creation and not self.is_live:
            self.content = replace(self.content, external_keys=tuple(one for one in kept if one != key))
        return key not in self.content.external_keys

    def change(self, rank: str | None, now: datetime) -> None:
        """``rank``: where it goes back to, if it does.

        Raises:
            ProjectArchived
            TooManyAssignees, TooManyLabels, TooManyBlockers, TooManyExternalKeys
            IllegalTransition
        """
        if self.goes_over:  # It may get any status of that project without a transition, as on its way here.
            self._project.require_open()
        is_free = self.is_consequence or self.gets_other_key
        self.task.revert(self.content, self.closed_at, project=self.home, is_consequence=is_free, now=now)
        if rank is not None:
            self.task.move_back(self.home, self.number, rank, now=now)

    def leave_behind(self, restored: AbstractSet[UUID]) -> None:
        """What was created, and went to the trash with one of these, is not to come back with that, whenever that does."""
        if self.effect.is_creation and self.task.trashed_with in restored:
            self.is_trashed_anew, self.trashed_since = True, self.task.deleted_at

    def restore(self, *, is_with_project: bool, now: datetime) -> None:
        """Comes last, because that is what its event is named after.

        Raises:
            ProjectArchived
        """
        if not is_with_project:
            self.home.require_open()
        self.task.untrash(now)


def _is_consequence(effect: Effect, task: Task, loaded: Loaded) -> bool:
    changed = effect.changes.keys()
    if changed <= _BY_LABEL:
        return any(other.after is None or other.is_creation for other in loaded.of_type(Label.entity_type))
    projects = (other for other in loaded.of_type(Project.entity_type) if other.entity_id == task.project_id)
    return changed <= _BY_WORKFLOW and any("workflow" in other.changes for other in projects)


async def task_changes(loaded: Loaded, undo: Undo) -> dict[UUID, TaskChange]:
    changes: dict[UUID, TaskChange] = {}
    async for effect in in_turns(loaded.of_type(Task.entity_type)):
        task = loaded.tasks.get(effect.entity_id)
        if task is None:
            undo.conflicts.add(Task.entity_type, effect.entity_id, THING)
        else:
            changes[task.id] = TaskChange(effect, task, loaded, undo)
    return changes
