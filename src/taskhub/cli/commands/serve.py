"""`taskhub serve`"""

import gc
from typing import Annotated

import typer


def serve(
    with_parent: Annotated[
        bool, typer.Option("--with-parent", help="End when the process that started this one ends, however it ends.")
    ] = False,
) -> None:
    """Serve the API, until Ctrl-C or SIGTERM.

    \b
    Example:
        taskhub serve
        TASKHUB_PORT=9000 TASKHUB_DATA_DIR=/srv/taskhub taskhub serve

    Without TASKHUB_DATABASE_URL it starts a PostgreSQL of its own, migrates it, and stops it at the end. With it, the schema has
    to be this program's: run `taskhub migrate` first. On SIGTERM the requests under way are finished, within 20 seconds. Safe to
    kill in any way.
    """
    gc.disable()  # Starting makes next to no garbage, and looking for it takes a fifth of the time. Turned on when it serves.
    from taskhub.cli.server.run import run

    run(with_parent=with_parent)
