"""Give a project another workflow."""

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
    """``moves`` tells where the tasks of a status that goes are to go."""

    workspace_id: UUID
    project_id: UUID
    workflow: Workflow
    moves: Mapping[str, str]
    expected: Expected


async def set_workflow(command: SetWorkflow, uow: TasksUnitOfWork, *, clock: Clock) -> Project:
    """Tasks whose status goes are moved along, each with its own version and event; no transition has to lead there.

    Raises:
        NotFound
        StaleVersion
        ValidationFailed: a status would change its category, or tasks would go to one that is not there.
        StatusInUse
        ProjectArchived: tasks would have to move.
    """
    await uow.lock(seconds=CASCADE_SECONDS)
    project = await uow.projects.get(command.workspace_id, command.project_id, expected=command.expected)
    in_use = await uow.cascades.statuses_in_use(project)
    now = clock()
    needed = project.set_workflow(command.workflow, moves=command.moves, in_use=in_use, now=now)
    if needed:
        await uow.cascades.change_statuses(project, needed, command.workflow, now=now)
    return project
