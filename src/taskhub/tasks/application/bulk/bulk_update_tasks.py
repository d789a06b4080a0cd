"""Change many tasks in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.domain.errors import Fault, PreconditionRequired, StaleVersion, UnknownReference
from taskhub.tasks.application.bulk.item_errors import located_at
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.application.tasks.reference_checker import ReferenceChecker, is_structural
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """``values``: as in `ChangeTask`. ``version``: the version that the task must have, or None."""

    id: UUID
    version: int | None
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BulkUpdateTasks:
    """The items are for different tasks. ``require_versions``: whether each item needs a ``version``."""

    workspace_id: UUID
    items: Sequence[ChangedItem]
    require_versions: bool = False


async def bulk_update_tasks(command: BulkUpdateTasks, uow: TasksUnitOfWork, *, clock: Clock) -> list[Task]:
    """Needs a fixed number of round trips. Errors point to the item.

    Raises:
        PreconditionRequired
        UnknownReference: no such task, or a new reference of a content does not exist.
        StaleVersion
        Cycle, TooDeep
        ExternalKeyTaken
        ProjectArchived
        ValidationFailed: a project has no such status.
        IllegalTransition
    """
    if command.require_versions:
        _require_versions(command.items)
    await uow.lock()
    await uow.memberships.lock_workspace(command.workspace_id)
    wanted = {item.id: item.values for item in command.items}
    references = await ReferenceChecker.lock(command.workspace_id, list(wanted.values()), uow)
    batch = await uow.tasks.find_batch(command.workspace_id, wanted, in_structure=is_structural(wanted.values()))
    _check_items(command.items, batch)
    await references.load(wanted, uow)
    now = clock()
    for index, item in enumerate(command.items):
        with located_at(f"/items/{index}/patch"):
            task, project = batch[item.id]
            content = task.content.changed(item.values)
            references.check(task.id, project, item.values, content, task.content)
            task.change(content, project=project, now=now)
    return [batch[item.id][0] for item in command.items]


def _require_versions(items: Sequence[ChangedItem]) -> None:
    for index, item in enumerate(items):
        if item.version is None:
            with located_at(f"/items/{index}"):
                raise PreconditionRequired


def _check_items(items: Sequence[ChangedItem], batch: Mapping[UUID, tuple[Task, Project]]) -> None:
    """Checks that all tasks exist and have the expected versions."""
    for index, item in enumerate(items):
        with located_at(f"/items/{index}"):
            if item.id not in batch:
                raise UnknownReference(Fault("unknown_reference", "There is no such task in this workspace.", pointer="/id"))
            version = batch[item.id][0].version
            if item.version not in (None, version):
                raise StaleVersion(version)
