"""The route of the history of a task."""

from uuid import UUID

from starlette.responses import Response

from taskhub.kernel.api.list_validators import OfLog
from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.query_params import PageParams
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import Page
from taskhub.tasks.api.module import module_of
from taskhub.tasks.api.paths import HISTORY
from taskhub.tasks.api.query_params import page_of
from taskhub.tasks.application.queries import LATEST_FIRST
from taskhub.tasks.application.views import HistoryEntry
from taskhub.tasks.contract.references import task_ref
from taskhub.workspaces.contract.access import READ

TASK_HISTORY = Routes("Tasks")


@TASK_HISTORY.get(HISTORY, READ, summary="Read the history of a task", answers=Page[HistoryEntry], validator=OfLog())
async def list_history(request: ApiRequest, workspace_id: UUID, task: str, query: PageParams) -> Response:
    """Lists every change of the task and of its comments, newest first, also while the task is in the trash.

    You can rebuild the task at any point by applying the `changes` of its entries from the oldest one on: fields that were never
    changed are null, `version` is that of the last entry, and `updated_at` is its `occurred_at`. If the service keeps events only
    for some days, the history begins with the first one that is left.
    """
    page_slice = (
        await module_of(request).history_queries().list(workspace_id, task_ref(task), page_of(request, query, LATEST_FIRST))
    )
    return request.page(page_slice.items, page_slice.after, page_slice.log_head)
