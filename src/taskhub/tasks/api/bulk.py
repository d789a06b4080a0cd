"""Routes that create or change many tasks in one request."""

from uuid import UUID

from starlette.responses import Response

from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.preconditions import IfMatch
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import Batch
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.domain.errors import IdTaken, PreconditionRequired, StaleVersion, UnknownReference
from taskhub.tasks.api.bodies.bulk import NewTasks, TaskChanges
from taskhub.tasks.api.identifiers import resolve_ids
from taskhub.tasks.api.module import module_of
from taskhub.tasks.api.paths import BULK_CREATE, BULK_UPDATE
from taskhub.tasks.application.views import TaskView
from taskhub.tasks.contract.errors import ProjectArchived
from taskhub.tasks.domain.errors import Cycle, ExternalKeyTaken, IllegalTransition, TooDeep
from taskhub.workspaces.contract.access import CONTRIBUTE

TASK_BATCHES = Routes("Tasks")


@TASK_BATCHES.post(
    BULK_CREATE,
    CONTRIBUTE,
    summary="Create many tasks",
    answers=Batch[TaskView],
    errors=(IdTaken, UnknownReference, ExternalKeyTaken, ProjectArchived, TooDeep),
    if_match=IfMatch.REFUSED,
)
async def bulk_create_tasks(request: ApiRequest, workspace_id: UUID, body: NewTasks) -> Response:
    """Creates 1 to 500 tasks in one transaction: all of them or none. The response lists them in the order of the request. An
    item may refer to earlier items by their `id`. If an item fails, the `pointer` of the error says which one.
    """
    tasks = module_of(request)
    command = body.command(workspace_id, request.caller.user_id, await resolve_ids(request, workspace_id, body.names))
    async with request.in_turn(workspace_id):
        return request.answer(await request.run(tasks.bulk_create_tasks, command, Reply()))


@TASK_BATCHES.post(
    BULK_UPDATE,
    CONTRIBUTE,
    summary="Change many tasks",
    answers=Batch[TaskView],
    errors=(
        UnknownReference,
        ExternalKeyTaken,
        StaleVersion,
        PreconditionRequired,
        ProjectArchived,
        IllegalTransition,
        Cycle,
        TooDeep,
    ),
    if_match=IfMatch.REFUSED,
)
async def bulk_update_tasks(request: ApiRequest, workspace_id: UUID, body: TaskChanges) -> Response:
    """Changes 1 to 500 tasks in one transaction: all of them or none. The response lists them in the order of the request. The
    `version` of an item works like `If-Match` for a single task. If an item fails, the `pointer` of the error says which one.
    """
    tasks = module_of(request)
    names = await resolve_ids(request, workspace_id, body.names)
    command = body.command(workspace_id, names, require_versions=request.versions_required)
    async with request.in_turn(workspace_id):
        return request.answer(await request.run(tasks.bulk_update_tasks, command, Reply()))
