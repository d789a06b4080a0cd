"""Adding to what a task refers to, and taking from it, one at a time: so that two clients don't overwrite each other."""

from uuid import UUID

from starlette.responses import Response

from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.application.commands import Reply
from taskhub.tasks.api.answers import task_answer
from taskhub.tasks.api.module import module_of
from taskhub.tasks.api.paths import ASSIGNEE, BLOCKER, TASK_LABEL, task_ref
from taskhub.tasks.application.tasks.assign_task import AssignTask
from taskhub.tasks.application.tasks.block_task import BlockTask
from taskhub.tasks.application.tasks.label_task import LabelTask
from taskhub.tasks.application.views import TaskView
from taskhub.tasks.domain.errors import Cycle, ProjectArchived, TooManyAssignees, TooManyBlockers, TooManyLabels
from taskhub.workspaces.contract.access import CONTRIBUTE

TASK_RELATIONS = Routes("Tasks")


@TASK_RELATIONS.put(
    ASSIGNEE, CONTRIBUTE, summary="Put a member on a task", answers=TaskView, errors=(ProjectArchived, TooManyAssignees)
)
async def assign_task(request: ApiRequest, workspace_id: UUID, task: str, user_id: str) -> Response:
    tasks = module_of(request)
    command = AssignTask(workspace_id, task_ref(task), request.user_id(user_id), request.expected)
    answer = await request.run(tasks.runner(), tasks.assign_task(), command, Reply())
    return task_answer(request, workspace_id, command.task, answer)


@TASK_RELATIONS.delete(ASSIGNEE, CONTRIBUTE, summary="Take someone off a task", answers=TaskView, errors=(ProjectArchived,))
async def unassign_task(request: ApiRequest, workspace_id: UUID, task: str, user_id: str) -> Response:
    tasks = module_of(request)
    command = AssignTask(workspace_id, task_ref(task), request.user_id(user_id), request.expected)
    answer = await request.run(tasks.runner(), tasks.unassign_task(), command, Reply())
    return task_answer(request, workspace_id, command.task, answer)


@TASK_RELATIONS.put(
    TASK_LABEL, CONTRIBUTE, summary="Put a label on a task", answers=TaskView, errors=(ProjectArchived, TooManyLabels)
)
async def label_task(request: ApiRequest, workspace_id: UUID, task: str, label_id: UUID) -> Response:
    tasks = module_of(request)
    command = LabelTask(workspace_id, task_ref(task), label_id, request.expected)
    answer = await request.run(tasks.runner(), tasks.label_task(), command, Reply())
    return task_answer(request, workspace_id, command.task, answer)


@TASK_RELATIONS.delete(TASK_LABEL, CONTRIBUTE, summary="Take a label off a task", answers=TaskView, errors=(ProjectArchived,))
async def unlabel_task(request: ApiRequest, workspace_id: UUID, task: str, label_id: UUID) -> Response:
    tasks = module_of(request)
    command = LabelTask(workspace_id, task_ref(task), label_id, request.expected)
    answer = await request.run(tasks.runner(), tasks.unlabel_task(), command, Reply())
    return task_answer(request, workspace_id, command.task, answer)


@TASK_RELATIONS.put(
    BLOCKER,
    CONTRIBUTE,
    summary="Let a task wait for another",
    answers=TaskView,
    errors=(ProjectArchived, TooManyBlockers, Cycle),
)
async def block_task(request: ApiRequest, workspace_id: UUID, task: str, blocker: str) -> Response:
    """The other may be any task of the workspace that does not wait for this one, neither directly nor by way of others."""
    tasks = module_of(request)
    command = BlockTask(workspace_id, task_ref(task), task_ref(blocker), request.expected)
    answer = await request.run(tasks.runner(), tasks.block_task(), command, Reply())
    return task_answer(request, workspace_id, command.task, answer)


@TASK_RELATIONS.delete(
    BLOCKER, CONTRIBUTE, summary="Let a task wait no more for another", answers=TaskView, errors=(ProjectArchived,)
)
async def unblock_task(request: ApiRequest, workspace_id: UUID, task: str, blocker: str) -> Response:
    tasks = module_of(request)
    command = BlockTask(workspace_id, task_ref(task), task_ref(blocker), request.expected)
    answer = await request.run(tasks.runner(), tasks.unblock_task(), command, Reply())
    return task_answer(request, workspace_id, command.task, answer)
