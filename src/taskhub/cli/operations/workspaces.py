"""The work behind `taskhub workspace …`."""

from uuid import UUID

from taskhub.cli.bootstrap import run_operation
from taskhub.cli.errors import CommandFailed
from taskhub.container import Container
from taskhub.kernel.application.commands import Context
from taskhub.kernel.domain.errors import NotFound
from taskhub.workspaces.application.restore_workspace import RestoreWorkspace
from taskhub.workspaces.application.views import DeletedWorkspace


def deleted_workspaces() -> list[DeletedWorkspace]:
    async def work(program: Container) -> list[DeletedWorkspace]:
        found: list[DeletedWorkspace] = await program.modules["workspaces"].queries().deleted_workspaces(program.clock()())
        return found

    return run_operation(work)


def restore_workspace(id: UUID) -> str:
    """Returns its name.

    Raises:
        CommandFailed: there is no such workspace, or not any more.
    """

    async def work(program: Container) -> str:
        workspaces = program.modules["workspaces"]
        workspace = await workspaces.restore_workspace().perform(RestoreWorkspace(id), Context())
        return str(workspace.name)

    try:
        return run_operation(work)
    except NotFound as error:
        raise CommandFailed(f"No workspace {id} can be restored: `taskhub workspace deleted` lists those that can.") from error
