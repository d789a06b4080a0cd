"""Reading projects and tasks."""

from uuid import UUID

from starlette.responses import Response

from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import Page
from taskhub.kernel.domain.errors import NotFound
from taskhub.tasks.api.module import module_of
from taskhub.tasks.api.paths import PROJECT, PROJECTS, TASK, TASKS, task_path, task_ref
from taskhub.tasks.api.queries import ProjectListQuery, TaskListQuery, TrashQuery, page_of
from taskhub.tasks.application.views import ProjectView, TaskView
from taskhub.workspaces.contract.access import READ

READS = Routes("Tasks")
PROJECT_READS = Routes("Projects")


@READS.get(TASK, READ, summary="Read a task", answers=TaskView)
async def get_task(request: ApiRequest, workspace_id: UUID, task: str, query: TrashQuery) -> Response:
    """Asked for by its key, the answer's `Content-Location` is the path by id."""
    ref = task_ref(task)
    view = await module_of(request).task_queries().find(workspace_id, ref, with_deleted=query.deleted)
    if view is None:
        raise NotFound
    if isinstance(ref, UUID):
        return request.show(view)
    return request.show(view, (b"content-location", task_path(workspace_id, view.id).encode()))


@READS.get(TASKS, READ, summary="List tasks", answers=Page[TaskView])
async def list_tasks(request: ApiRequest, workspace_id: UUID, query: TaskListQuery) -> Response:
    """Different filters all have to match, of a repeated one any. Without `sort` the newest come first."""
    page, chosen = page_of(request, query, query.order), query.chosen(request.caller.user_id)
    portion = await module_of(request).task_queries().list(workspace_id, chosen, page)
    return request.page(portion.items, portion.after)


@PROJECT_READS.get(PROJECT, READ, summary="Read a project", answers=ProjectView)
async def get_project(request: ApiRequest, workspace_id: UUID, project_id: UUID, query: TrashQuery) -> Response:
    view = await module_of(request).project_queries().find(workspace_id, project_id, with_deleted=query.deleted)
    if view is None:
        raise NotFound
    return request.show(view)


@PROJECT_READS.get(PROJECTS, READ, summary="List projects", answers=Page[ProjectView])
async def list_projects(request: ApiRequest, workspace_id: UUID, query: ProjectListQuery) -> Response:
    """Without `sort` by name: case and marks don't matter, numbers count by their value."""
    page = page_of(request, query, query.order)
    portion = await module_of(request).project_queries().list(workspace_id, query.chosen, page)
    return request.page(portion.items, portion.after)
