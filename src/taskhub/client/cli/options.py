"""Options that several commands have: they are called, and mean, the same in all of them."""

from typing import Annotated, Any

import typer

WorkspaceOption = Annotated[
    str | None,
    typer.Option(
        "--workspace",
        "-w",
        metavar="WORKSPACE",
        envvar="TASKHUB_WORKSPACE",
        show_default=False,
        help="Name or id of the workspace, instead of the one chosen with `taskhub use`.",
    ),
]
ProjectOption = Annotated[
    str | None,
    typer.Option(
        "--project",
        "-p",
        metavar="KEY",
        envvar="TASKHUB_PROJECT",
        show_default=False,
        help="Key of the project, such as OPS, instead of the one chosen with `taskhub use`.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs, as the API answers it.")]
TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help="Key of the task, such as OPS-12, or its id.")]


def list_by_default(ctx: typer.Context) -> None:
    """A group without a command is its `list`."""
    group: Any = ctx.command
    if ctx.invoked_subcommand is None:
        command = group.get_command(ctx, "list")
        with command.make_context("list", [], parent=ctx) as listing:
            command.invoke(listing)
