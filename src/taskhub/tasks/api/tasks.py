"""Routes that change tasks."""

from uuid import UUID

from starlette.responses import Response

from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.preconditions import IfMatch
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.domain.errors import UnknownReference
from taskhub.tasks.api.answers import task_answer
from taskhub.tasks.api.bodies.moves import Move
from taskhub.tasks.api.bodies.tasks import NewTask, TaskPatch
from taskhub.tasks.api.identifiers import resolve_ids
from taskhub.tasks.api.module import module_of
from taskhub.tasks.api.paths import EXTERNAL_TASK, TASK, TASKS, task_path
from taskhub.tasks.application.tasks.change_task import ChangeTask
from taskhub.tasks.application.tasks.trash_task import TrashTask
from taskhub.tasks.application.views import TaskView
from taskhub.tasks.contract.errors import ProjectArchived
from taskhub.tasks.contract.references import external_key, task_ref
from taskhub.tasks.domain.errors import Cycle, ExternalKeyTaken, IllegalTransition, ParentDeleted, ProjectDeleted, TooDeep
from taskhub.workspaces.contract.access import CONTRIBUTE

TASK_COMMANDS = Routes("Tasks")


@TASK_COMMANDS.post(
    TASKS,
    CONTRIBUTE,
    status_code=201,
    summary="Create a task",
    answers=TaskView,
    errors=(UnknownReference, ExternalKeyTaken, ProjectArchived, TooDeep),
)
async def create_task(request: ApiRequest, workspace_id: UUID, body: NewTask) -> Response:
    """The task gets the next number of its project and the last position in it. Without `status` it gets the first status of the
    workflow.
    """
    tasks = module_of(request)
    command = body.command(workspace_id, request.caller.user_id, await resolve_ids(request, workspace_id, body.names))
    reply = Reply(201, task_path(workspace_id, command.id))
    return request.answer(await request.run(tasks.create_task, command, reply))


@TASK_COMMANDS.patch(
    TASK,
    CONTRIBUTE,
    summary="Change a task",
    answers=TaskView,
    errors=(UnknownReference, ExternalKeyTaken, ProjectArchived, IllegalTransition, Cycle, TooDeep),
)
async def change_task(request: ApiRequest, workspace_id: UUID, task: str, body: TaskPatch) -> Response:
    """Lists of ids are replaced as a whole. To add or remove a single assignee, label or blocker, use its own path."""
    tasks = module_of(request)
    ref, names = task_ref(task), await resolve_ids(request, workspace_id, body.names)
    command = ChangeTask(workspace_id, ref, body.values(names), request.expected)
    answer = await request.run(tasks.change_task, command, Reply())
    return task_answer(request, workspace_id, command.task, answer)


@TASK_COMMANDS.put(
    EXTERNAL_TASK,
    CONTRIBUTE,
    summary="Create or change the task with an external key",
    answers=TaskView,
    errors=(UnknownReference, ExternalKeyTaken, ProjectArchived, IllegalTransition, Cycle, TooDeep),
    if_match=IfMatch.CREATE_OR_CHANGE,
)
async def put_task(request: ApiRequest, workspace_id: UUID, key: str, body: NewTask) -> Response:
    """Creates a task if none has this external key (201). Otherwise that task gets the fields that the body contains, like with a
    patch (200). Its `project_id` is only for a new task: an existing one stays where it is. The key is always among the external
    keys of the task afterwards, also if `external_keys` does not contain it.

    If the task is in the trash, the response is 409: restore it first. With `If-Match` no task is created, with
    `If-None-Match: *` none is changed.
    """
    tasks, ref = module_of(request), external_key(key)
    creation = body.command(workspace_id, request.caller.user_id, await resolve_ids(request, workspace_id, body.names))
    command = body.put_command(creation, ref, request.put_conditions)
    reply = Reply(if_new=Reply(201, task_path(workspace_id, creation.id)))
    return task_answer(request, workspace_id, ref, await request.run(tasks.put_task, command, reply))


@TASK_COMMANDS.delete(TASK, CONTRIBUTE, status_code=204, summary="Move a task to the trash", errors=(ProjectArchived,))
async def delete_task(request: ApiRequest, workspace_id: UUID, task: str) -> Response:
    """Its subtasks, on all levels, are moved to the trash with it."""
    tasks = module_of(request)
    command = TrashTask(workspace_id, task_ref(task), request.expected)
    return request.answer(await request.run(tasks.trash_task, command, Reply(204)))


@TASK_COMMANDS.post(
    TASK + "/restore",
    CONTRIBUTE,
    summary="Restore a task from the trash",
    answers=TaskView,
    errors=(ProjectArchived, ProjectDeleted, ParentDeleted),
)
async def restore_task(request: ApiRequest, workspace_id: UUID, task: str) -> Response:
    """Subtasks that were deleted together with the task are restored with it. Those that were in the trash before stay there."""
    tasks = module_of(request)
    command = TrashTask(workspace_id, task_ref(task), request.expected)
    answer = await request.run(tasks.restore_task, command, Reply())
    return task_answer(request, workspace_id, command.task, answer)


@TASK_COMMANDS.post(
    TASK + "/move",
    CONTRIBUTE,
    summary="Move a task",
    answers=TaskView,
    errors=(UnknownReference, ProjectArchived, IllegalTransition, Cycle, TooDeep),
)
async def move_task(request: ApiRequest, workspace_id: UUID, task: str, body: Move) -> Response:
    """Moves a task directly before or after another task, or to the beginning or the end of its project. The move may also change
    its status, its parent or its project.

    In another project the task and its subtasks get new numbers; their old keys still lead to them. The task loses its parent
    unless `parent_id` names a new one. It may get any status of the other project, and needs a new `status` if its current one
    does not exist there.
    """
    tasks = module_of(request)
    ref, names = task_ref(task), await resolve_ids(request, workspace_id, body.names)
    command = body.command(workspace_id, ref, request.expected, names)
    answer = await request.run(tasks.move_task, command, Reply())
    return task_answer(request, workspace_id, command.task, answer)
