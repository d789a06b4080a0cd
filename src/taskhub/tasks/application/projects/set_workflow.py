"""Replace the workflow of a project."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.tasks.application.ports import CASCADE_SECONDS, TasksUnitOfWork
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.workflow import Workflow


@dataclass(frozen=True, slots=True)
class SetWorkflow:
    """``moves``: the new status for the tasks of each removed status."""

    workspace_id: UUID
    project_id: UUID
    workflow: Workflow
    moves: Mapping[str, str]
    expected: Expected


async def set_workflow(command: SetWorkflow, uow: TasksUnitOfWork, *, clock: Clock) -> Project:
    """Tasks of a removed status get their new one without a transition, each with a new version and an event.

    Raises:
        NotFound
        StaleVersion
        ValidationFailed: the category of a status would change, or tasks would get a status that does not exist.
        StatusInUse
        ProjectArchived: the status of tasks would have to change.
    """
    await uow.lock(seconds=CASCADE_SECONDS)
    project = await uow.projects.get(command.workspace_id, command.project_id, expected=command.expected)
    in_use = await uow.cascades.statuses_in_use(project)
    now = clock()
    needed = project.set_workflow(command.workflow, moves=command.moves, in_use=in_use, now=now)
    if needed:
        await uow.cascades.change_statuses(project, needed, command.workflow, now=now)
    return project
