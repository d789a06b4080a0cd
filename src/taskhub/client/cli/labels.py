"""`taskhub labels …`"""

from typing import Annotated

import typer

from taskhub.client.cli.options import JsonOption, WorkspaceOption, list_by_default

app = typer.Typer(
    name="labels",
    invoke_without_command=True,
    help="""The labels of a workspace: list them (also without a command), add one.

    \b
    Example:
        taskhub labels list
    """,
)


app.callback()(list_by_default)


@app.command("list")
def list_(workspace: WorkspaceOption = None, json: JsonOption = False) -> None:
    """List the labels of a workspace.

    \b
    Example:
        taskhub labels list
        taskhub labels list --workspace "Engine room" --json
    """
    from taskhub.client.output import print_json, print_table
    from taskhub.client.workspace import opened

    with opened(workspace) as found:
        labels = found.labels
    if json:
        print_json(labels)
        return
    rows = [(one["name"], one["color"]) for one in labels]
    print_table(("NAME", "COLOR"), rows, empty="There is no label: make one with `taskhub labels add`.")


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")],
    color: Annotated[str | None, typer.Option(metavar="COLOR", help="Such as '#ff8800'.", show_default=False)] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Make a label in a workspace.

    \b
    Example:
        taskhub labels add Bug --color '#d73a4a'
    """
    from taskhub.client.output import print_json
    from taskhub.client.text import one_line
    from taskhub.client.workspace import opened

    with opened(workspace) as found:
        made = found.send("POST", "labels", {"name": name} if color is None else {"name": name, "color": color}).body
    if json:
        print_json(made)
    else:
        typer.echo(f"{one_line(made['name'])} was made. Give it to a new task with `taskhub tasks add TITLE --label NAME`.")
