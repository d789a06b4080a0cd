"""What happened to a task."""

from uuid import UUID

from starlette.responses import Response

from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.query_params import PageParams
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import Page
from taskhub.tasks.api.module import module_of
from taskhub.tasks.api.paths import HISTORY, task_ref
from taskhub.tasks.api.query_params import page_of
from taskhub.tasks.application.queries import LATEST_FIRST
from taskhub.tasks.application.views import HistoryEntry
from taskhub.workspaces.contract.access import READ

TASK_HISTORY = Routes("Tasks")


@TASK_HISTORY.get(HISTORY, READ, summary="Read the history of a task", answers=Page[HistoryEntry])
async def list_history(request: ApiRequest, workspace_id: UUID, task: str, query: PageParams) -> Response:
    """Every change of the task and of its comments, newest first, also while the task is in the trash.

    `changes` applied from the first entry on give the representation: a member that was never changed is null, `version` is that
    of the entry, and `updated_at` its `occurred_at`.
    """
    page_slice = (
        await module_of(request).history_queries().list(workspace_id, task_ref(task), page_of(request, query, LATEST_FIRST))
    )
    return request.page(page_slice.items, page_slice.after)
