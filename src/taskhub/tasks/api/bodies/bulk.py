"""The bodies of batches of tasks."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from taskhub.kernel.api.bodies import Body
from taskhub.kernel.domain.errors import Fault, ValidationFailed
from taskhub.tasks.api.bodies.tasks import NewTask, TaskPatch
from taskhub.tasks.api.identifiers import ResolvedIds, TaskIdOrKey
from taskhub.tasks.application.bulk.bulk_create_tasks import BulkCreateTasks, NewItem
from taskhub.tasks.application.bulk.bulk_update_tasks import BulkUpdateTasks, ChangedItem

MAX_ITEMS = 500


class NewTasks(Body):
    """Tasks to create. A task may refer to earlier ones by the `id` that you choose for them."""

    items: Annotated[tuple[NewTask, ...], Field(min_length=1, max_length=MAX_ITEMS)]

    @property
    def names(self) -> Iterable[Any]:
        """All ids or keys of projects and tasks in the body."""
        return chain.from_iterable(item.names for item in self.items)

    def command(self, workspace_id: UUID, actor_id: UUID, names: ResolvedIds) -> BulkCreateTasks:
        """Raises:
        ValidationFailed
        """
        _check_distinct([item.id for item in self.items])
        items = [
            NewItem(item.id, names.id(item.project_id), item.values(names), has_chosen_id="id" in item.model_fields_set)
            for item in self.items
        ]
        return BulkCreateTasks(workspace_id, items, actor_id)


class TaskChange(Body):
    """A patch for one task, and optionally the version that the task must have."""

    id: TaskIdOrKey
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] = 0
    patch: TaskPatch


class TaskChanges(Body):
    """Patches, each for a different task."""

    items: Annotated[tuple[TaskChange, ...], Field(min_length=1, max_length=MAX_ITEMS)]

    @property
    def names(self) -> Iterable[Any]:
        """All ids or keys of projects and tasks in the body."""
        return chain.from_iterable((item.id, *item.patch.names) for item in self.items)

    def command(self, workspace_id: UUID, names: ResolvedIds, *, require_versions: bool) -> BulkUpdateTasks:
        """Raises:
        ValidationFailed
        """
        items = [ChangedItem(names.id(item.id), item.version or None, item.patch.values(names)) for item in self.items]
        _check_distinct([item.id for item in items])
        return BulkUpdateTasks(workspace_id, items, require_versions=require_versions)


def _check_distinct(ids: Sequence[UUID]) -> None:
    if len(set(ids)) == len(ids):
        return
    seen: set[UUID] = set()
    faults = []
    for index, id in enumerate(ids):
        if id in seen:
            faults.append(Fault("repeated", "Another item has this id.", pointer=f"/items/{index}/id"))
        seen.add(id)
    raise ValidationFailed(*faults)
