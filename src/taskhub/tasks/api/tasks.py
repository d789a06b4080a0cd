"""Changing tasks."""

from uuid import UUID

from starlette.responses import Response

from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.domain.errors import UnknownReference
from taskhub.tasks.api.answers import task_answer
from taskhub.tasks.api.bodies.moves import Move
from taskhub.tasks.api.bodies.tasks import NewTask, TaskPatch
from taskhub.tasks.api.identifiers import resolve_ids
from taskhub.tasks.api.module import module_of
from taskhub.tasks.api.paths import TASK, TASKS, task_path, task_ref
from taskhub.tasks.application.tasks.change_task import ChangeTask
from taskhub.tasks.application.tasks.trash_task import TrashTask
from taskhub.tasks.application.views import TaskView
from taskhub.tasks.domain.errors import Cycle, IllegalTransition, ParentDeleted, ProjectArchived, ProjectDeleted, TooDeep
from taskhub.workspaces.contract.access import CONTRIBUTE

TASK_COMMANDS = Routes("Tasks")


@TASK_COMMANDS.post(
    TASKS,
    CONTRIBUTE,
    status_code=201,
    summary="Create a task",
    answers=TaskView,
    errors=(UnknownReference, ProjectArchived, TooDeep),
)
async def create_task(request: ApiRequest, workspace_id: UUID, body: NewTask) -> Response:
    """It gets the next number of its project, and the last place there. Without `status` it begins at the project's first."""
    tasks = module_of(request)
    command = body.command(workspace_id, request.caller.user_id, await resolve_ids(request, workspace_id, body.names))
    reply = Reply(201, task_path(workspace_id, command.id))
    return request.answer(await request.run(tasks.runner(), tasks.create_task(), command, reply))


@TASK_COMMANDS.patch(
    TASK,
    CONTRIBUTE,
    summary="Change a task",
    answers=TaskView,
    errors=(UnknownReference, ProjectArchived, IllegalTransition, Cycle, TooDeep),
)
async def change_task(request: ApiRequest, workspace_id: UUID, task: str, body: TaskPatch) -> Response:
    """Lists of ids are replaced as a whole; to add or take a single one, use its own path."""
    tasks = module_of(request)
    ref, names = task_ref(task), await resolve_ids(request, workspace_id, body.names)
    command = ChangeTask(workspace_id, ref, body.values(names), request.expected)
    answer = await request.run(tasks.runner(), tasks.change_task(), command, Reply())
    return task_answer(request, workspace_id, command.task, answer)


@TASK_COMMANDS.delete(TASK, CONTRIBUTE, status_code=204, summary="Move a task to the trash", errors=(ProjectArchived,))
async def delete_task(request: ApiRequest, workspace_id: UUID, task: str) -> Response:
    """All tasks below it go along."""
    tasks = module_of(request)
    command = TrashTask(workspace_id, task_ref(task), request.expected)
    return request.answer(await request.run(tasks.runner(), tasks.trash_task(), command, Reply(204)))


@TASK_COMMANDS.post(
    TASK + "/restore",
    CONTRIBUTE,
    summary="Bring a task back from the trash",
    answers=TaskView,
    errors=(ProjectArchived, ProjectDeleted, ParentDeleted),
)
async def restore_task(request: ApiRequest, workspace_id: UUID, task: str) -> Response:
    """The tasks below that went with it come back with it; those that were in the trash before stay there."""
    tasks = module_of(request)
    command = TrashTask(workspace_id, task_ref(task), request.expected)
    answer = await request.run(tasks.runner(), tasks.restore_task(), command, Reply())
    return task_answer(request, workspace_id, command.task, answer)


@TASK_COMMANDS.post(
    TASK + "/move",
    CONTRIBUTE,
    summary="Give a task another place",
    answers=TaskView,
    errors=(UnknownReference, ProjectArchived, IllegalTransition, Cycle, TooDeep),
)
async def move_task(request: ApiRequest, workspace_id: UUID, task: str, body: Move) -> Response:
    """Right before or after another task, or at an end of its project; at the same time it may change its status, come under
    another task, or go over to another project.

    There it gets a new number, and so do all tasks below it, which go along. The old keys go on naming them. It leaves its parent
    behind, and may go to any status of the other project; a status that is unknown there has to be replaced by `status`.
    """
    tasks = module_of(request)
    ref, names = task_ref(task), await resolve_ids(request, workspace_id, body.names)
    command = body.command(workspace_id, ref, request.expected, names)
    answer = await request.run(tasks.runner(), tasks.move_task(), command, Reply())
    return task_answer(request, workspace_id, command.task, answer)
