"""`taskhub watch`"""

from typing import Annotated

import typer

from taskhub.client.cli.options import JsonOption, WorkspaceOption


def watch(
    since: Annotated[
        str, typer.Option("--from", metavar="WHEN", help="now, start, or an instant such as 2026-12-24T00:00:00Z.")
    ] = "now",
    type: Annotated[
        list[str] | None, typer.Option(metavar="TYPE", help="Only this, such as task.created. May be repeated.")
    ] = None,
    count: Annotated[int | None, typer.Option(min=1, help="End after so many changes.", show_default=False)] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Show the changes of a workspace as they happen, until Ctrl-C.

    \b
    Example:
        taskhub watch
        taskhub watch --type task.created --json | while read -r change; do notify "$change"; done

    A connection that breaks is made again, and nothing is missed or shown twice. --json prints each change on a line of its own.
    """
    from itertools import islice

    from taskhub.client.changes import follow, sentence
    from taskhub.client.output import print_json_line, print_line
    from taskhub.client.workspace import opened

    with opened(workspace) as found:
        zone = "UTC" if json else found.get()["time_zone"]
        for change in islice(follow(found, since, type or []), count):
            if json:
                print_json_line(change)
            else:
                print_line(sentence(found, change, zone))
