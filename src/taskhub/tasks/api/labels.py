"""Routes of labels."""

from uuid import UUID

from starlette.responses import Response

from taskhub.kernel.api.as_of import AsOfParams, moment_of
from taskhub.kernel.api.list_validators import OfLog
from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import Page
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.domain.errors import NotFound, NotInLog
from taskhub.tasks.api.bodies.labels import LabelPatch, NewLabel
from taskhub.tasks.api.module import module_of
from taskhub.tasks.api.paths import LABEL, LABELS, label_path
from taskhub.tasks.api.query_params import LabelListParams, page_of
from taskhub.tasks.application.labels.change_label import ChangeLabel
from taskhub.tasks.application.labels.delete_label import DeleteLabel
from taskhub.tasks.application.views import LabelView
from taskhub.tasks.domain.errors import NameTaken
from taskhub.workspaces.contract.access import CONTRIBUTE, MANAGE, READ

LABEL_ROUTES = Routes("Labels")


@LABEL_ROUTES.get(LABELS, READ, summary="List labels", answers=Page[LabelView], validator=OfLog(), errors=[NotInLog])
async def list_labels(request: ApiRequest, workspace_id: UUID, query: LabelListParams) -> Response:
    """Sorted by name by default. Case and accents are ignored, and numbers are sorted by value."""
    as_of = await moment_of(request, query)
    page_slice = await module_of(request).label_queries().list(workspace_id, page_of(request, query, query.order), as_of=as_of)
    return request.page(page_slice.items, page_slice.after, page_slice.log_head)


@LABEL_ROUTES.post(LABELS, CONTRIBUTE, status_code=201, summary="Create a label", answers=LabelView, errors=(NameTaken,))
async def create_label(request: ApiRequest, workspace_id: UUID, body: NewLabel) -> Response:
    tasks = module_of(request)
    command = body.command(workspace_id)
    reply = Reply(201, label_path(workspace_id, command.id))
    return request.answer(await request.run(tasks.create_label, command, reply))


@LABEL_ROUTES.get(LABEL, READ, summary="Read a label", answers=LabelView, errors=[NotInLog])
async def get_label(request: ApiRequest, workspace_id: UUID, label_id: UUID, query: AsOfParams) -> Response:
    view = await module_of(request).label_queries().find(workspace_id, label_id, as_of=await moment_of(request, query))
    if view is None:
        raise NotFound
    return request.show(view)


@LABEL_ROUTES.patch(LABEL, CONTRIBUTE, summary="Change a label", answers=LabelView, errors=(NameTaken,))
async def change_label(request: ApiRequest, workspace_id: UUID, label_id: UUID, body: LabelPatch) -> Response:
    tasks = module_of(request)
    command = ChangeLabel(workspace_id, label_id, body.changes(), request.expected)
    return request.answer(await request.run(tasks.change_label, command, Reply()))


@LABEL_ROUTES.delete(LABEL, MANAGE, status_code=204, summary="Delete a label and remove it from its tasks")
async def delete_label(request: ApiRequest, workspace_id: UUID, label_id: UUID) -> Response:
    """Each task that had the label gets a new version, also tasks in the trash."""
    tasks = module_of(request)
    command = DeleteLabel(workspace_id, label_id, request.expected)
    return request.answer(await request.run(tasks.delete_label, command, Reply(204)))
