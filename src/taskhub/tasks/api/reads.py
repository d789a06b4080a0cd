"""Reading projects and tasks."""

from uuid import UUID

from starlette.responses import Response

from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import Page
from taskhub.kernel.domain.errors import NotFound
from taskhub.tasks.api.identifiers import resolve_ids
from taskhub.tasks.api.module import module_of
from taskhub.tasks.api.paths import PROJECT, PROJECTS, TASK, TASKS, project_path, project_ref, task_path, task_ref
from taskhub.tasks.api.query_params import ProjectListParams, TaskListParams, TrashParams, page_of, task_page_of
from taskhub.tasks.application.views import ProjectView, TaskView
from taskhub.workspaces.contract.access import READ

READS = Routes("Tasks")
PROJECT_READS = Routes("Projects")


@READS.get(TASK, READ, summary="Read a task", answers=TaskView)
async def get_task(request: ApiRequest, workspace_id: UUID, task: str, query: TrashParams) -> Response:
    """Asked for by its key, the answer's `Content-Location` is the path by id."""
    ref = task_ref(task)
    view = await module_of(request).task_queries().find(workspace_id, ref, with_deleted=query.deleted)
    if view is None:
        raise NotFound
    if isinstance(ref, UUID):
        return request.show(view)
    return request.show(view, (b"content-location", task_path(workspace_id, view.id).encode()))


@READS.get(TASKS, READ, summary="List tasks", answers=Page[TaskView])
async def list_tasks(request: ApiRequest, workspace_id: UUID, query: TaskListParams) -> Response:
    """Different filters all have to match, of a repeated one any; of one that begins with `not_`, none. Without `sort` the newest
    come first.

    Dates begin in `time_zone`, or in the time zone of the workspace. An all-day task is due on its own date there, so that
    `due_after=2026-11-27&due_before=2026-11-28` finds all that is due that day; against an instant it counts as the end of it.
    """
    page, zone = task_page_of(request, query)
    filters = query.filters(await resolve_ids(request, workspace_id, query.names), zone)
    page_slice = await module_of(request).task_queries().list(workspace_id, filters, page)
    after = page_slice.after
    return request.page(page_slice.items, (*after, zone) if after is not None and query.depends_on_zone else after)


@PROJECT_READS.get(PROJECT, READ, summary="Read a project", answers=ProjectView)
async def get_project(request: ApiRequest, workspace_id: UUID, project_id: str, query: TrashParams) -> Response:
    """Asked for by its key, the answer's `Content-Location` is the path by id."""
    ref = project_ref(project_id)
    view = await module_of(request).project_queries().find(workspace_id, ref, with_deleted=query.deleted)
    if view is None:
        raise NotFound
    if isinstance(ref, UUID):
        return request.show(view)
    return request.show(view, (b"content-location", project_path(workspace_id, view.id).encode()))


@PROJECT_READS.get(PROJECTS, READ, summary="List projects", answers=Page[ProjectView])
async def list_projects(request: ApiRequest, workspace_id: UUID, query: ProjectListParams) -> Response:
    """Without `sort` by name: case and marks don't matter, numbers count by their value."""
    page = page_of(request, query, query.order)
    page_slice = await module_of(request).project_queries().list(workspace_id, query.filters, page)
    return request.page(page_slice.items, page_slice.after)
