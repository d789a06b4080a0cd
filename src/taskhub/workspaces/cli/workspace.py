"""`taskhub workspace …`"""

from typing import Annotated
from uuid import UUID

import typer

from taskhub.kernel.cli import application

app = typer.Typer(
    no_args_is_help=True,
    help="""Deleted workspaces: list them, restore one.

    \b
    Example:
        taskhub workspace deleted
    """,
)


@app.command()
def deleted(ctx: typer.Context) -> None:
    """List the deleted workspaces that can still be restored: id, until when, name. It changes nothing.

    \b
    Example:
        taskhub workspace deleted
    """
    from taskhub.workspaces.cli.deleted_workspaces import deleted_workspaces

    for workspace in deleted_workspaces(application(ctx)):
        typer.echo(f"{workspace.id}  until {workspace.restorable_until:%Y-%m-%d %H:%M}Z  {workspace.name}")


@app.command()
def restore(
    ctx: typer.Context, id: Annotated[UUID, typer.Argument(metavar="ID", help="As `taskhub workspace deleted` lists it.")]
) -> None:
    """Restore a deleted workspace, within 30 days.

    \b
    Example:
        taskhub workspace deleted
        taskhub workspace restore 018f7a52-7c3e-7d6a-9f10-3c2b1a0d9e8f

    Its members, projects and tasks are as they were. It is safe while the service runs, and changes nothing about a workspace
    that is not deleted.
    """
    from taskhub.workspaces.cli.deleted_workspaces import restore_workspace

    typer.echo(f"{restore_workspace(application(ctx), id)} was restored.")
