"""Create many tasks in one transaction."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.domain.errors import DomainError, IdTaken
from taskhub.tasks.application.bulk.item_errors import locate
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.application.tasks.create_task import content_of
from taskhub.tasks.application.tasks.reference_checker import ReferenceChecker, require_project
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task


class NewItem(msgspec.Struct, frozen=True):
    """``values``: as in `CreateTask`. ``has_chosen_id``: whether the client has chosen the id, which may be taken."""

    id: UUID
    project_id: UUID
    values: dict[str, Any]
    has_chosen_id: bool = True


@dataclass(frozen=True, slots=True)
class BulkCreateTasks:
    """The ids of the items are different. An item may refer to earlier ones."""

    workspace_id: UUID
    items: Sequence[NewItem]
    actor_id: UUID


async def bulk_create_tasks(command: BulkCreateTasks, uow: TasksUnitOfWork, *, clock: Clock) -> list[Task]:
    """Needs a fixed number of round trips for tasks of one project. Errors point to the item.

    Raises:
        IdTaken
        UnknownReference: no such project, or a content refers to something that does not exist.
        ExternalKeyTaken
        ProjectArchived
        ValidationFailed: a project has no such status.
        TooDeep
    """
    await uow.lock()
    await uow.memberships.lock_workspace(command.workspace_id)
    references = await ReferenceChecker.lock(command.workspace_id, [item.values for item in command.items], uow)
    projects = {
        project.id: project
        for project in await uow.projects.find_all(command.workspace_id, {item.project_id for item in command.items})
        if project.deleted_at is None
    }
    await references.load({item.id: item.values for item in command.items}, uow)
    chosen = [item.id for item in command.items if item.has_chosen_id]
    taken = await uow.tasks.used_ids(command.workspace_id, chosen) if chosen else frozenset()
    places = await _places(command.items, projects, uow)
    now, tasks, repository = clock(), [], uow.tasks
    for index, item in enumerate(command.items):
        try:
            if item.id in taken:
                raise IdTaken
            project = require_project(projects.get(item.project_id))
            content = content_of(item.values, project)
            references.check(item.id, project, item.values, content)
            number, rank = next(places[project.id])
            task = Task.create(
                id=item.id,
                project=project,
                content=content,
                created_by_id=command.actor_id,
                now=now,
                number=number,
                rank=rank,
            )
        except DomainError as error:
            locate(error, f"/items/{index}")
            raise
        repository.add(task)
        tasks.append(task)
    return tasks


async def _places(
    items: Sequence[NewItem], projects: Mapping[UUID, Project], uow: TasksUnitOfWork
) -> dict[UUID, Iterator[tuple[int, str]]]:
    """Numbers and ranks for the items of each project."""
    counts = Counter(item.project_id for item in items)
    places: dict[UUID, Iterator[tuple[int, str]]] = {}
    for project in projects.values():
        allocation = await uow.projects.allocate(project, numbers=counts[project.id], places=counts[project.id])
        places[project.id] = zip(allocation.numbers, allocation.ranks, strict=True)
    return places
