"""`taskhub backup` and `taskhub restore`"""

from pathlib import Path
from typing import Annotated

import typer


def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file. It is complete, or not there.")]) -> None:
    """Write the embedded database, and the secret that was generated for it, to one file.

    \b
    Example:
        taskhub backup /backups/taskhub-$(date +%F).tar

    It is a consistent snapshot of one moment. It changes nothing, and the service may run meanwhile. Whoever has the file can
    read every task and sign in as anyone: protect it like the data folder. A secret from TASKHUB_SECRET_KEY is not in it. Back up
    an external database with its own tools (pg_dump).
    """
    from taskhub.cli.archive import write_backup

    write_backup(file.absolute())
    typer.echo(f"The backup is in {file}.")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Made by `taskhub backup`.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace the present content, which is lost.")] = False,
) -> None:
    """Put a backup into the data folder.

    \b
    Example:
        taskhub restore /backups/taskhub-2026-11-20.tar
        TASKHUB_DATA_DIR=/tmp/look-first taskhub restore /backups/taskhub-2026-11-20.tar

    Stop `taskhub serve` first. Without --replace it refuses a data folder that has content. If it fails, the folder has its old
    content or the new one; a damaged file is noticed before anything is changed. If it is killed, run it again: `taskhub serve`
    refuses to start on an unfinished restore. Sessions are as they were at the time of the backup.
    """
    from taskhub.cli.archive import read_backup

    state = read_backup(file.absolute(), replace=replace)
    typer.echo(f"{file} was restored. Start `taskhub serve`.")
    if state.uninstalled_sentence:
        typer.echo(state.uninstalled_sentence)
