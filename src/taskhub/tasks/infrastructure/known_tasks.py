"""Tasks that a unit of work has locked already, as it finds them in a batch."""

from uuid import UUID

from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.tasks.contract.references import ExternalKey, TaskKey, TaskRef
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task
from taskhub.tasks.infrastructure.mappings import PROJECTS, TASKS


def known_in_project(uow: SqlUnitOfWork, workspace_id: UUID, ref: TaskRef) -> tuple[Task, Project] | None:
    """A task, in the trash or not, with its project, if both are locked: then nobody else can have changed them."""
    find = uow.identity_map.find_locked
    task: Task | None
    if isinstance(ref, UUID):
        task = find(TASKS, (workspace_id, ref))
    else:
        locked: list[Task] = uow.identity_map.all_locked(TASKS)
        task = next((one for one in locked if _is_named(one, ref)), None)
    project: Project | None = None if task is None else find(PROJECTS, (workspace_id, task.project_id))
    return None if task is None or project is None else (task, project)


def _is_named(task: Task, key: TaskKey | ExternalKey) -> bool:
    if isinstance(key, ExternalKey):
        return key.text in task.content.external_keys
    return (task.project_key, task.number) == (key.project_key, key.number)
