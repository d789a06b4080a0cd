"""Change many tasks in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.domain.errors import DomainError, Fault, PreconditionRequired, StaleVersion, UnknownReference
from taskhub.tasks.application.bulk.item_errors import locate
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.application.tasks.reference_checker import ReferenceChecker, is_structural
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task


class ChangedItem(msgspec.Struct, frozen=True):
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
    found = _found(command.items, batch)
    await references.load(wanted, uow)
    now = clock()
    for index, (item, (task, project)) in enumerate(zip(command.items, found, strict=True)):
        try:
            content = task.content.changed(item.values)
            references.check(item.id, project, item.values, content, task.content)
            task.change(content, project=project, now=now)
        except DomainError as error:
            locate(error, f"/items/{index}/patch")
            raise
    return [task for task, _ in found]


def _require_versions(items: Sequence[ChangedItem]) -> None:
    for index, item in enumerate(items):
        if item.version is None:
            raise locate(PreconditionRequired(), f"/items/{index}")


def _found(items: Sequence[ChangedItem], batch: Mapping[UUID, tuple[Task, Project]]) -> list[tuple[Task, Project]]:
    """The tasks of the items. Checks that all exist and have the expected versions."""
    found = []
    for index, item in enumerate(items):
        one = batch.get(item.id)
        if one is None:
            fault = Fault("unknown_reference", "There is no such task in this workspace.", pointer="/id")
            raise locate(UnknownReference(fault), f"/items/{index}")
        version = one[0].version
        if item.version not in (None, version):
            raise locate(StaleVersion(version), f"/items/{index}")
        found.append(one)
    return found
