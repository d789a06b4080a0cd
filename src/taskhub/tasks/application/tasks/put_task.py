"""Create the task that has an external key, or change it if it is there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.versions import PutConditions
from taskhub.kernel.domain.errors import NotFound
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.application.tasks.change_task import changed, lock_keys
from taskhub.tasks.application.tasks.create_task import CreateTask, created
from taskhub.tasks.application.tasks.reference_checker import ReferenceChecker
from taskhub.tasks.contract.references import ExternalKey
from taskhub.tasks.domain.errors import ExternalKeyTaken
from taskhub.tasks.domain.task import Task


@dataclass(frozen=True, slots=True)
class PutTask:
    """``creation``: what is created if no task has the key. One that is there gets the values alone, and stays in its project.

    ``has_chosen_id``: whether the client has chosen the id of the new task.
    """

    key: ExternalKey
    creation: CreateTask
    conditions: PutConditions
    has_chosen_id: bool = False


async def put_task(command: PutTask, uow: TasksUnitOfWork, *, clock: Clock) -> Task:
    """The key is always among the external keys of the task afterwards.

    Raises:
        NotFound: no task has the key, and none is to be created.
        PreconditionRequired
        StaleVersion
        ExternalKeyTaken: a task in the trash has the key, or one that was purged; or the task with the key has another id.
        UnknownReference: no such project, or the content refers to something that does not exist.
        Cycle, TooDeep
        ProjectArchived
        ValidationFailed: the project has no such status.
        IllegalTransition
    """
    creation, key = command.creation, command.key.text
    with_key = {**creation.values, "external_keys": _with(key, creation.values.get("external_keys", ()))}
    await lock_keys(creation.values, uow)
    references = await ReferenceChecker.lock(creation.workspace_id, [with_key], uow)
    try:
        task, project = await uow.tasks.get_in_project(creation.workspace_id, command.key)
    except NotFound:
        command.conditions.check(None)
        try:
            return await created(replace(creation, values=with_key), references, uow, clock())
        except ExternalKeyTaken as taken:
            raise taken if taken.key != key else ExternalKeyTaken(key, taken.task_id, parameter="key") from None
    command.conditions.check(task)
    if command.has_chosen_id and task.id != creation.id:
        raise ExternalKeyTaken(key, task.id, parameter="key")
    values = with_key if "external_keys" in creation.values else creation.values
    return await changed(task, project, values, references, uow, clock())


def _with(key: str, keys: Sequence[str]) -> tuple[Any, ...]:
    return tuple(keys) if key in keys else (*keys, key)
