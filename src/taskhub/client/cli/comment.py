"""`taskhub comment`"""

from typing import Annotated

import typer

from taskhub.client.cli.options import JsonOption, TaskArgument, WorkspaceOption


def comment(
    task: TaskArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Markdown; - reads it from standard input.")],
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Comment on a task.

    \b
    Example:
        taskhub comment OPS-12 "The filter is here."
        git log -1 --format=%B | taskhub comment OPS-12 -
    """
    import sys

    from taskhub.client.output import print_json
    from taskhub.client.workspace import opened, part

    body = sys.stdin.read() if text == "-" else text
    with opened(workspace) as found:
        made = found.send("POST", f"tasks/{part(task)}/comments", {"body": body}).body
    if json:
        print_json(made)
    else:
        typer.echo(f"Commented on {task}.")
