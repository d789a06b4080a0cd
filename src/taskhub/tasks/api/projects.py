"""Changing projects."""

from uuid import UUID

from starlette.responses import Response

from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.application.commands import Reply
from taskhub.tasks.api.answers import project_answer
from taskhub.tasks.api.bodies.projects import NewProject, ProjectPatch, WorkflowBody
from taskhub.tasks.api.identifiers import resolve_project_id
from taskhub.tasks.api.module import module_of
from taskhub.tasks.api.paths import PROJECT, PROJECTS, project_path
from taskhub.tasks.application.projects.archive_project import ArchiveProject
from taskhub.tasks.application.projects.change_project import ChangeProject
from taskhub.tasks.application.projects.trash_project import TrashProject
from taskhub.tasks.application.views import ProjectView
from taskhub.tasks.domain.errors import KeyTaken, ProjectArchived, StatusInUse
from taskhub.workspaces.contract.access import CONTRIBUTE, MANAGE

PROJECT_COMMANDS = Routes("Projects")


@PROJECT_COMMANDS.post(PROJECTS, CONTRIBUTE, status_code=201, summary="Create a project", answers=ProjectView, errors=(KeyTaken,))
async def create_project(request: ApiRequest, workspace_id: UUID, body: NewProject) -> Response:
    tasks = module_of(request)
    command = body.command(workspace_id, request.caller.user_id)
    reply = Reply(201, project_path(workspace_id, command.id))
    return request.answer(await request.run(tasks.runner(), tasks.create_project(), command, reply))


@PROJECT_COMMANDS.patch(PROJECT, CONTRIBUTE, summary="Change a project", answers=ProjectView)
async def change_project(request: ApiRequest, workspace_id: UUID, project_id: str, body: ProjectPatch) -> Response:
    tasks = module_of(request)
    command = ChangeProject(
        workspace_id, await resolve_project_id(request, workspace_id, project_id), body.changes(), request.expected
    )
    return project_answer(request, workspace_id, await request.run(tasks.runner(), tasks.change_project(), command, Reply()))


@PROJECT_COMMANDS.delete(PROJECT, MANAGE, status_code=204, summary="Move a project and its tasks to the trash")
async def delete_project(request: ApiRequest, workspace_id: UUID, project_id: str) -> Response:
    tasks = module_of(request)
    command = TrashProject(workspace_id, await resolve_project_id(request, workspace_id, project_id), request.expected)
    return request.answer(await request.run(tasks.runner(), tasks.trash_project(), command, Reply(204)))


@PROJECT_COMMANDS.post(PROJECT + "/restore", MANAGE, summary="Bring a project back from the trash", answers=ProjectView)
async def restore_project(request: ApiRequest, workspace_id: UUID, project_id: str) -> Response:
    tasks = module_of(request)
    command = TrashProject(workspace_id, await resolve_project_id(request, workspace_id, project_id), request.expected)
    return project_answer(request, workspace_id, await request.run(tasks.runner(), tasks.restore_project(), command, Reply()))


@PROJECT_COMMANDS.post(PROJECT + "/archive", MANAGE, summary="Archive a project", answers=ProjectView)
async def archive_project(request: ApiRequest, workspace_id: UUID, project_id: str) -> Response:
    tasks = module_of(request)
    command = ArchiveProject(workspace_id, await resolve_project_id(request, workspace_id, project_id), request.expected)
    return project_answer(request, workspace_id, await request.run(tasks.runner(), tasks.archive_project(), command, Reply()))


@PROJECT_COMMANDS.post(PROJECT + "/unarchive", MANAGE, summary="Take a project out of the archive", answers=ProjectView)
async def unarchive_project(request: ApiRequest, workspace_id: UUID, project_id: str) -> Response:
    tasks = module_of(request)
    command = ArchiveProject(workspace_id, await resolve_project_id(request, workspace_id, project_id), request.expected)
    return project_answer(request, workspace_id, await request.run(tasks.runner(), tasks.unarchive_project(), command, Reply()))


@PROJECT_COMMANDS.put(
    PROJECT + "/workflow",
    CONTRIBUTE,
    summary="Give a project another workflow",
    answers=ProjectView,
    errors=(StatusInUse, ProjectArchived),
)
async def set_workflow(request: ApiRequest, workspace_id: UUID, project_id: str, body: WorkflowBody) -> Response:
    """Statuses and transitions are replaced as a whole. Without transitions (`null`) any status may follow any; with them, a task
    goes from a status only to those that stand behind it.

    A status that tasks are at, in the trash or not, goes only with an entry in `status_map` that tells where they go; each of
    them gets a new version. The category of a status never changes.
    """
    tasks = module_of(request)
    command = body.command(workspace_id, await resolve_project_id(request, workspace_id, project_id), request.expected)
    return project_answer(request, workspace_id, await request.run(tasks.runner(), tasks.set_workflow(), command, Reply()))
