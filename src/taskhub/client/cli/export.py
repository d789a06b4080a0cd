"""`taskhub export`"""

from pathlib import Path
from typing import Annotated

import typer

from taskhub.client.cli.options import JsonOption, WorkspaceOption


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file. It is complete, or not there.")],
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Write a workspace to a file, with everything in it that the API shows you, and its history.

    \b
    Example:
        taskhub export engine-room.jsonl
        taskhub export engine-room-$(date +%F).jsonl --workspace "Engine room"

    The file has a JSON document on each line, all of one moment. `taskhub import workspace` puts it into an empty workspace.
    """
    from taskhub.client.dates import now
    from taskhub.client.output import counted, note, print_json
    from taskhub.client.transfer.export import export as write
    from taskhub.client.workspace import opened

    with opened(workspace) as found:
        counts, lacks = write(found, file, now())
    if json:
        print_json({"file": str(file), "counts": counts, "lacks": lacks})
        return
    for sentence in lacks:
        note(sentence)
    told = ", ".join(counted(counts.get(kind, 0), kind) for kind in ("project", "task", "comment", "label", "member", "change"))
    typer.echo(f"{file} has {told}.")
