"""Creating and changing many tasks at once."""

from uuid import UUID

from starlette.responses import Response

from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import Batch
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.domain.errors import IdTaken, PreconditionRequired, StaleVersion, UnknownReference
from taskhub.tasks.api.bodies.bulk import NewTasks, TaskChanges
from taskhub.tasks.api.identifiers import resolve_ids
from taskhub.tasks.api.module import module_of
from taskhub.tasks.api.paths import BULK_CREATE, BULK_UPDATE
from taskhub.tasks.application.views import TaskView
from taskhub.tasks.domain.errors import Cycle, IllegalTransition, ProjectArchived, TooDeep
from taskhub.workspaces.contract.access import CONTRIBUTE

TASK_BATCHES = Routes("Tasks")


@TASK_BATCHES.post(
    BULK_CREATE,
    CONTRIBUTE,
    summary="Create many tasks",
    answers=Batch[TaskView],
    errors=(IdTaken, UnknownReference, ProjectArchived, TooDeep),
    conditional=False,
)
async def bulk_create_tasks(request: ApiRequest, workspace_id: UUID, body: NewTasks) -> Response:
    """1 to 500 tasks, all or none, answered in the order of the request. An item may name those before it, by their ids. What is
    in the way of one is told with a `pointer` to it.
    """
    tasks = module_of(request)
    command = body.command(workspace_id, request.caller.user_id, await resolve_ids(request, workspace_id, body.names))
    async with tasks.workspace_locks().of(workspace_id):
        return request.answer(await request.run(tasks.runner(), tasks.bulk_create_tasks(), command, Reply()))


@TASK_BATCHES.post(
    BULK_UPDATE,
    CONTRIBUTE,
    summary="Change many tasks",
    answers=Batch[TaskView],
    errors=(UnknownReference, StaleVersion, PreconditionRequired, ProjectArchived, IllegalTransition, Cycle, TooDeep),
    conditional=False,
)
async def bulk_update_tasks(request: ApiRequest, workspace_id: UUID, body: TaskChanges) -> Response:
    """1 to 500 patches of as many tasks, all or none, answered in the order of the request. A `version` in an item is to it what
    `If-Match` is to a single patch. What is in the way of one is told with a `pointer` to it.
    """
    tasks = module_of(request)
    names = await resolve_ids(request, workspace_id, body.names)
    command = body.command(workspace_id, names, require_versions=request.requires_versions)
    async with tasks.workspace_locks().of(workspace_id):
        return request.answer(await request.run(tasks.runner(), tasks.bulk_update_tasks(), command, Reply()))
