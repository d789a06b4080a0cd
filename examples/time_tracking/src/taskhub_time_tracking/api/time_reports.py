"""Routes of reports: sums of the time of stopped entries."""

from uuid import UUID

from starlette.responses import Response
from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import Page
from taskhub.workspaces.contract.access import READ

from taskhub_time_tracking.api.module import module_of
from taskhub_time_tracking.api.paths import MEMBER_REPORT, TASK_REPORT
from taskhub_time_tracking.api.query_params import ReportParams, page_of
from taskhub_time_tracking.application.queries import MOST_TIME_BY_MEMBER, MOST_TIME_BY_TASK
from taskhub_time_tracking.application.views import MemberTimeView, TaskTimeView

TIME_REPORT_ROUTES = Routes("Time reports")


@TIME_REPORT_ROUTES.get(TASK_REPORT, READ, summary="Sum up time by task", answers=Page[TaskTimeView])
async def report_time_by_task(request: ApiRequest, workspace_id: UUID, query: ReportParams) -> Response:
    """The task with the most time comes first. Running entries are not counted; tasks in the trash are."""
    page = page_of(request, query, MOST_TIME_BY_TASK)
    page_slice = await module_of(request).queries().by_task(workspace_id, await query.filters(request, workspace_id), page)
    return request.page(page_slice.items, page_slice.after)


@TIME_REPORT_ROUTES.get(MEMBER_REPORT, READ, summary="Sum up time by member", answers=Page[MemberTimeView])
async def report_time_by_member(request: ApiRequest, workspace_id: UUID, query: ReportParams) -> Response:
    """The member with the most time comes first, former ones included. Running entries are not counted."""
    page = page_of(request, query, MOST_TIME_BY_MEMBER)
    page_slice = await module_of(request).queries().by_member(workspace_id, await query.filters(request, workspace_id), page)
    return request.page(page_slice.items, page_slice.after)
