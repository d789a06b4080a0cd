"""`taskhub projects …`"""

from typing import Annotated

import typer

from taskhub.client.cli.options import JsonOption, WorkspaceOption, list_by_default

app = typer.Typer(
    name="projects",
    invoke_without_command=True,
    help="""The projects of a workspace: list them (also without a command), add one.

    \b
    Example:
        taskhub projects list
    """,
)


app.callback()(list_by_default)


@app.command("list")
def list_(
    archived: Annotated[bool, typer.Option("--archived", help="Archived projects, too.")] = False,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """List the projects of a workspace.

    \b
    Example:
        taskhub projects list
        taskhub projects list --workspace "Engine room" --json
    """
    from taskhub.client.output import print_json, print_table
    from taskhub.client.workspace import opened

    with opened(workspace) as found:
        projects = [*found.every("projects", archived=None if archived else False)]
    if json:
        print_json(projects)
        return
    rows = [
        (
            one["key"],
            " ".join(status["key"] for status in one["workflow"]["statuses"]),
            "yes" if one["archived_at"] else "",
            one["name"],
        )
        for one in projects
    ]
    print_table(("KEY", "STATUSES", "ARCHIVED", "NAME"), rows, empty="There is no project: make one with `taskhub projects add`.")


@app.command()
def add(
    key: Annotated[str, typer.Argument(metavar="KEY", help="2 to 10 capital letters and digits, such as OPS. It never changes.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")],
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Make a project in a workspace.

    \b
    Example:
        taskhub projects add OPS Operations
    """
    from taskhub.client.output import print_json
    from taskhub.client.workspace import opened

    with opened(workspace) as found:
        made = found.send("POST", "projects", {"key": key.upper(), "name": name}).body
    if json:
        print_json(made)
    else:
        typer.echo(f"{made['key']} was made. Choose it with `taskhub use {made['workspace_id']} {made['key']}`.")
