"""Changing tasks."""

from uuid import UUID

from starlette.responses import Response

from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.domain.errors import UnknownReference
from taskhub.tasks.api.answers import task_answer
from taskhub.tasks.api.bodies import NewTask, TaskPatch
from taskhub.tasks.api.module import module_of
from taskhub.tasks.api.paths import ASSIGNEE, TASK, TASKS, task_path, task_ref
from taskhub.tasks.application.assign_task import AssignTask
from taskhub.tasks.application.change_task import ChangeTask
from taskhub.tasks.application.trash_task import TrashTask
from taskhub.tasks.application.views import TaskView
from taskhub.tasks.domain.errors import ProjectArchived, ProjectDeleted, TooManyAssignees
from taskhub.workspaces.contract.access import CONTRIBUTE

TASK_COMMANDS = Routes("Tasks")


@TASK_COMMANDS.post(
    TASKS, CONTRIBUTE, status_code=201, summary="Create a task", answers=TaskView, errors=(UnknownReference, ProjectArchived)
)
async def create_task(request: ApiRequest, workspace_id: UUID, body: NewTask) -> Response:
    tasks = module_of(request)
    command = body.command(workspace_id, request.caller.user_id)
    reply = Reply(201, task_path(workspace_id, command.id))
    return request.answer(await request.run(tasks.runner(), tasks.create_task(), command, reply))


@TASK_COMMANDS.patch(TASK, CONTRIBUTE, summary="Change a task", answers=TaskView, errors=(UnknownReference, ProjectArchived))
async def change_task(request: ApiRequest, workspace_id: UUID, task: str, body: TaskPatch) -> Response:
    tasks = module_of(request)
    command = ChangeTask(workspace_id, task_ref(task), body.changes(), request.expected)
    answer = await request.run(tasks.runner(), tasks.change_task(), command, Reply())
    return task_answer(request, workspace_id, command.task, answer)


@TASK_COMMANDS.delete(TASK, CONTRIBUTE, status_code=204, summary="Move a task to the trash", errors=(ProjectArchived,))
async def delete_task(request: ApiRequest, workspace_id: UUID, task: str) -> Response:
    tasks = module_of(request)
    command = TrashTask(workspace_id, task_ref(task), request.expected)
    return request.answer(await request.run(tasks.runner(), tasks.trash_task(), command, Reply(204)))


@TASK_COMMANDS.post(
    TASK + "/restore",
    CONTRIBUTE,
    summary="Bring a task back from the trash",
    answers=TaskView,
    errors=(ProjectArchived, ProjectDeleted),
)
async def restore_task(request: ApiRequest, workspace_id: UUID, task: str) -> Response:
    tasks = module_of(request)
    command = TrashTask(workspace_id, task_ref(task), request.expected)
    answer = await request.run(tasks.runner(), tasks.restore_task(), command, Reply())
    return task_answer(request, workspace_id, command.task, answer)


@TASK_COMMANDS.put(
    ASSIGNEE, CONTRIBUTE, summary="Put a member on a task", answers=TaskView, errors=(ProjectArchived, TooManyAssignees)
)
async def assign_task(request: ApiRequest, workspace_id: UUID, task: str, user_id: UUID) -> Response:
    tasks = module_of(request)
    command = AssignTask(workspace_id, task_ref(task), user_id, request.expected)
    answer = await request.run(tasks.runner(), tasks.assign_task(), command, Reply())
    return task_answer(request, workspace_id, command.task, answer)


@TASK_COMMANDS.delete(ASSIGNEE, CONTRIBUTE, summary="Take someone off a task", answers=TaskView, errors=(ProjectArchived,))
async def unassign_task(request: ApiRequest, workspace_id: UUID, task: str, user_id: UUID) -> Response:
    tasks = module_of(request)
    command = AssignTask(workspace_id, task_ref(task), user_id, request.expected)
    answer = await request.run(tasks.runner(), tasks.unassign_task(), command, Reply())
    return task_answer(request, workspace_id, command.task, answer)
