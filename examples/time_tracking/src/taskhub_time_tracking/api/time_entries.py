"""Routes of time entries."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from starlette.responses import Response
from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import Page
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.application.runner import BoundUseCase
from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.domain.errors import NotAllowed, NotFound, UnknownReference
from taskhub.tasks.contract.errors import ProjectArchived
from taskhub.workspaces.contract.access import CONTRIBUTE, MANAGE, READ, Role

from taskhub_time_tracking.api.bodies import NewTimeEntry, TimeEntryPatch
from taskhub_time_tracking.api.module import module_of
from taskhub_time_tracking.api.paths import STOP, TIME_ENTRIES, TIME_ENTRY, time_entry_path
from taskhub_time_tracking.api.query_params import TimeEntryListParams, page_of
from taskhub_time_tracking.application.change_time_entry import ChangeTimeEntry
from taskhub_time_tracking.application.delete_time_entry import DeleteTimeEntry
from taskhub_time_tracking.application.stop_time_entry import StopTimeEntry
from taskhub_time_tracking.application.views import TimeEntryView
from taskhub_time_tracking.domain.errors import TaskClosed, TimeEntryRunning, TimeEntryTooLong

TIME_ENTRY_ROUTES = Routes("Time entries")


@TIME_ENTRY_ROUTES.get(TIME_ENTRIES, READ, summary="List time entries", answers=Page[TimeEntryView])
async def list_time_entries(request: ApiRequest, workspace_id: UUID, query: TimeEntryListParams) -> Response:
    """The one that was started last comes first."""
    filters = await query.filters(request, workspace_id)
    page_slice = await module_of(request).queries().list(workspace_id, filters, page_of(request, query, query.order))
    return request.page(page_slice.items, page_slice.after)


@TIME_ENTRY_ROUTES.post(
    TIME_ENTRIES,
    CONTRIBUTE,
    status_code=201,
    summary="Start a time entry",
    answers=TimeEntryView,
    errors=(UnknownReference, ProjectArchived, TaskClosed, TimeEntryRunning),
)
async def start_time_entry(request: ApiRequest, workspace_id: UUID, body: NewTimeEntry) -> Response:
    """Starts to count your time on a task. You can have one running entry in a workspace. It is stopped by you, or when the task
    is closed or goes to the trash.
    """
    command = body.command(workspace_id, request.caller.user_id)
    reply = Reply(201, time_entry_path(workspace_id, command.id))
    return request.answer(await request.run(module_of(request).start_time_entry, command, reply))


@TIME_ENTRY_ROUTES.get(TIME_ENTRY, READ, summary="Read a time entry", answers=TimeEntryView)
async def get_time_entry(request: ApiRequest, workspace_id: UUID, time_entry_id: UUID) -> Response:
    view = await module_of(request).queries().find(workspace_id, time_entry_id)
    if view is None:
        raise NotFound
    return request.show(view)


@TIME_ENTRY_ROUTES.post(STOP, CONTRIBUTE, summary="Stop a time entry", answers=TimeEntryView, errors=(NotAllowed,))
async def stop_time_entry(request: ApiRequest, workspace_id: UUID, time_entry_id: UUID) -> Response:
    """One that is stopped already stays as it is. Admins (with an API token: with the scope `admin`) can stop all entries."""
    command = StopTimeEntry(workspace_id, time_entry_id, request.caller.user_id, _manages(request), request.expected)
    return await _run(request, module_of(request).stop_time_entry, command, Reply())


@TIME_ENTRY_ROUTES.patch(
    TIME_ENTRY,
    CONTRIBUTE,
    summary="Change a time entry",
    answers=TimeEntryView,
    errors=(NotAllowed, TimeEntryTooLong),
)
async def change_time_entry(request: ApiRequest, workspace_id: UUID, time_entry_id: UUID, body: TimeEntryPatch) -> Response:
    """You can change your own entries, whatever became of their task. Admins (with an API token: with the scope `admin`) can
    change all entries.
    """
    user_id, changes = request.caller.user_id, body.changes()
    command = ChangeTimeEntry(workspace_id, time_entry_id, changes, user_id, _manages(request), request.expected)
    return await _run(request, module_of(request).change_time_entry, command, Reply())


@TIME_ENTRY_ROUTES.delete(TIME_ENTRY, CONTRIBUTE, status_code=204, summary="Delete a time entry", errors=(NotAllowed,))
async def delete_time_entry(request: ApiRequest, workspace_id: UUID, time_entry_id: UUID) -> Response:
    """You can delete your own entries. Admins (with an API token: with the scope `admin`) can delete all entries."""
    command = DeleteTimeEntry(workspace_id, time_entry_id, request.caller.user_id, _manages(request), request.expected)
    return await _run(request, module_of(request).delete_time_entry, command, Reply(204))


def _manages(request: ApiRequest) -> bool:
    """Whether the caller may change the time of others."""
    return bool(request.grant.role >= Role.ADMIN and request.caller.scope >= Scope.ADMIN)


async def _run(request: ApiRequest, use_case: Callable[[], BoundUseCase[Any, Any]], command: Any, reply: Reply) -> Response:
    """Runs a command on an entry that may be somebody else's."""
    try:
        return request.answer(await request.run(use_case, command, reply))
    except NotAllowed:
        await request.authorize(MANAGE)  # For an admin the error says that the token lacks the scope.
        raise
