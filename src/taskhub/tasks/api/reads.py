"""Routes that read projects and tasks."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from starlette.responses import Response

from taskhub.kernel.api.as_of import moment_of
from taskhub.kernel.api.list_validators import OfLog
from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.query_params import parse
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import Page
from taskhub.kernel.domain.errors import NotFound, NotInLog
from taskhub.tasks.api.identifiers import resolve_ids
from taskhub.tasks.api.module import module_of
from taskhub.tasks.api.paths import PROJECT, PROJECTS, TASK, TASKS, project_path, task_path
from taskhub.tasks.api.query_params import MOMENTS, ProjectListParams, TaskListParams, TrashParams, page_of, task_page_of
from taskhub.tasks.application.views import ProjectView, TaskView
from taskhub.tasks.contract.references import project_ref, task_ref
from taskhub.workspaces.contract.access import READ

READS = Routes("Tasks")
PROJECT_READS = Routes("Projects")


@READS.get(TASK, READ, summary="Read a task", answers=TaskView, errors=[NotInLog])
async def get_task(request: ApiRequest, workspace_id: UUID, task: str, query: TrashParams) -> Response:
    """If the path contains a key, `Content-Location` is the path with the id."""
    ref, as_of = task_ref(task), await moment_of(request, query)
    view = await module_of(request).task_queries().find(workspace_id, ref, with_deleted=query.deleted, as_of=as_of)
    if view is None:
        raise NotFound
    if isinstance(ref, UUID):
        return request.show(view)
    return request.show(view, (b"content-location", task_path(workspace_id, view.id).encode()))


def _bounds(request: ApiRequest) -> Sequence[Any] | None:
    """The instants that the dates in filters stand for, in the time zone by which the list is read and by today's rules."""
    if MOMENTS.isdisjoint([name for name, _ in request.parameters]):
        return ()
    query = parse(TaskListParams, request.parameters)
    return query.bounds(task_page_of(request, query)[1]) if isinstance(query, TaskListParams) else None


@READS.get(TASKS, READ, summary="List tasks", answers=Page[TaskView], validator=OfLog(_bounds), errors=[NotInLog])
async def list_tasks(request: ApiRequest, workspace_id: UUID, query: TaskListParams) -> Response:
    """If you combine different filters, all of them must match. If you repeat a filter, one of its values must match; of a filter
    that begins with `not_`, none may match. Without `sort` the newest tasks come first.

    Dates in filters begin at midnight in `time_zone`, or else in the time zone of the workspace. An all-day task is due on its
    date in that time zone: `due_after=2026-11-27&due_before=2026-11-28` finds all tasks that are due on that day. Compared with
    an instant, an all-day task is due at the end of its date.
    """
    as_of = await moment_of(request, query)
    page, zone = task_page_of(request, query)
    if as_of is not None and page.after is None and query.depends_on_zone:
        zone = await module_of(request).task_queries().time_zone_at(workspace_id, as_of) or zone
    names = await resolve_ids(request, workspace_id, query.names)
    page_slice = await module_of(request).task_queries().list(workspace_id, query.filters(names, zone), page, as_of=as_of)
    after = page_slice.after
    position = (*after, zone) if after is not None and query.depends_on_zone else after
    # What keys stand for may have changed before the tasks were read.
    return request.page(page_slice.items, position, names.log_head or page_slice.log_head)


@PROJECT_READS.get(PROJECT, READ, summary="Read a project", answers=ProjectView, errors=[NotInLog])
async def get_project(request: ApiRequest, workspace_id: UUID, project_id: str, query: TrashParams) -> Response:
    """If the path contains a key, `Content-Location` is the path with the id."""
    ref, as_of = project_ref(project_id), await moment_of(request, query)
    view = await module_of(request).project_queries().find(workspace_id, ref, with_deleted=query.deleted, as_of=as_of)
    if view is None:
        raise NotFound
    if isinstance(ref, UUID):
        return request.show(view)
    return request.show(view, (b"content-location", project_path(workspace_id, view.id).encode()))


@PROJECT_READS.get(PROJECTS, READ, summary="List projects", answers=Page[ProjectView], validator=OfLog(), errors=[NotInLog])
async def list_projects(request: ApiRequest, workspace_id: UUID, query: ProjectListParams) -> Response:
    """Sorted by name by default. Case and accents are ignored, and numbers are sorted by value."""
    as_of = await moment_of(request, query)
    page = page_of(request, query, query.order)
    page_slice = await module_of(request).project_queries().list(workspace_id, query.filters, page, as_of=as_of)
    return request.page(page_slice.items, page_slice.after, page_slice.log_head)
