"""The work behind `taskhub workspace …`."""

from uuid import UUID

from taskhub.kernel.application.commands import Context
from taskhub.kernel.cli import Application, CommandFailed
from taskhub.kernel.domain.errors import NotFound
from taskhub.workspaces.application.restore_workspace import RestoreWorkspace
from taskhub.workspaces.application.views import DeletedWorkspace
from taskhub.workspaces.container import WorkspacesContainer


def deleted_workspaces(application: Application) -> list[DeletedWorkspace]:
    async def work(workspaces: WorkspacesContainer) -> list[DeletedWorkspace]:
        return await workspaces.queries().deleted_workspaces(workspaces.clock()())

    return application.run("workspaces", work)


def restore_workspace(application: Application, id: UUID) -> str:
    """Returns its name.

    Raises:
        CommandFailed: there is no such workspace, or not any more.
    """

    async def work(workspaces: WorkspacesContainer) -> str:
        workspace = await workspaces.restore_workspace().perform(RestoreWorkspace(id), Context())
        return str(workspace.name)

    try:
        return application.run("workspaces", work)
    except NotFound as error:
        raise CommandFailed(f"No workspace {id} can be restored: `taskhub workspace deleted` lists those that can.") from error
