"""The bodies of batches of tasks. What is wrong with the shape of an item points at it by itself."""

from collections.abc import Iterable
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
    """Tasks to create. One may name those before it, by ids that the client minted."""

    items: Annotated[tuple[NewTask, ...], Field(min_length=1, max_length=MAX_ITEMS)]

    @property
    def names(self) -> Iterable[Any]:
        """All that may be keys."""
        return chain.from_iterable(item.names for item in self.items)

    def command(self, workspace_id: UUID, actor_id: UUID, names: ResolvedIds) -> BulkCreateTasks:
        """Raises:
        ValidationFailed
        """
        _check_distinct(item.id for item in self.items)
        items = [NewItem(item.id, names.id(item.project_id), item.values(names)) for item in self.items]
        return BulkCreateTasks(workspace_id, items, actor_id)


class TaskChange(Body):
    """A patch for one task, and the only version that it is meant for, if there is one."""

    id: TaskIdOrKey
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] = 0
    patch: TaskPatch


class TaskChanges(Body):
    """Patches, each for another task."""

    items: Annotated[tuple[TaskChange, ...], Field(min_length=1, max_length=MAX_ITEMS)]

    @property
    def names(self) -> Iterable[Any]:
        """All that may be keys."""
        return chain.from_iterable((item.id, *item.patch.names) for item in self.items)

    def command(self, workspace_id: UUID, names: ResolvedIds, *, require_versions: bool) -> BulkUpdateTasks:
        """Raises:
        ValidationFailed
        """
        items = [ChangedItem(names.id(item.id), item.version or None, item.patch.values(names)) for item in self.items]
        _check_distinct(item.id for item in items)
        return BulkUpdateTasks(workspace_id, items, require_versions=require_versions)


def _check_distinct(ids: Iterable[UUID]) -> None:
    seen: set[UUID] = set()
    faults = []
    for index, id in enumerate(ids):
        if id in seen:
            faults.append(Fault("repeated", "Another item has this id.", pointer=f"/items/{index}/id"))
        seen.add(id)
    if faults:
        raise ValidationFailed(*faults)
