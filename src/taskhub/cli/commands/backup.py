"""`taskhub backup` and `taskhub restore`"""

from pathlib import Path
from typing import Annotated

import typer


def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file; it appears whole or not at all.")]) -> None:
    """Write the embedded database, and the secret that was generated for it, to one file.

    \b
    Example:
        taskhub backup /backups/taskhub-$(date +%F).tar

    It holds everything as of one moment, and changes nothing; the service may run meanwhile. Who has the file can read every task
    and sign in as anyone: keep it as you keep the data folder. A secret from TASKHUB_SECRET_KEY is not in it. An external
    database is backed up with its own tools (pg_dump).
    """
    from taskhub.cli.operations.archive import write_backup

    write_backup(file.absolute())
    typer.echo(f"Everything is in {file}.")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Made by `taskhub backup`.")],
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of what is there, which is lost.")] = False,
) -> None:
    """Put a backup into the data folder.

    \b
    Example:
        taskhub restore /backups/taskhub-2026-11-20.tar
        TASKHUB_DATA_DIR=/tmp/look-first taskhub restore /backups/taskhub-2026-11-20.tar

    Stop `taskhub serve` first. Without --replace it refuses where there is something already. Whatever fails, the folder has the
    old content or the new; a damaged file is noticed before anything is changed. If it is killed, run it again: `taskhub serve`
    refuses to start on half of it. Everybody stays signed in as they were at the time of the backup.
    """
    from taskhub.cli.operations.archive import read_backup

    read_backup(file.absolute(), replace=replace)
    typer.echo(f"{file} was restored. Start `taskhub serve`.")
