"""`taskhub serve`"""

import gc
import os
from typing import Annotated

import typer


def serve(
    with_parent: Annotated[
        bool, typer.Option("--with-parent", help="Stop when the process that started this one ends, for whatever reason.")
    ] = False,
    workers: Annotated[
        str | None,
        typer.Option("--workers", metavar="N|auto", help="How many processes serve; auto: one for each core.  [TASKHUB_WORKERS]"),
    ] = None,
    testing: Annotated[
        bool,
        typer.Option(
            "--testing", help="For test suites: a database that is thrown away, and a control interface beside the API."
        ),
    ] = False,
) -> None:
    """Serve the API, until Ctrl-C or SIGTERM.

    \b
    Example:
        taskhub serve
        TASKHUB_PORT=9000 TASKHUB_DATA_DIR=/srv/taskhub taskhub serve

    Without TASKHUB_DATABASE_URL it starts an embedded PostgreSQL, migrates it, and stops it at the end. With it, run
    `taskhub migrate` first: the database needs this program's schema. On SIGTERM it finishes the requests under way, within 20
    seconds. It may be killed at any time: acknowledged writes are safe.

    With several workers, one that ends is replaced, and SIGHUP replaces one after the other, with the settings of then, while the
    others serve.
    """
    parent = os.getppid() if with_parent else None  # At once: who is gone by the time that it serves can't be told any more.
    gc.disable()  # Starting makes next to no garbage, and looking for it takes a fifth of the time. Turned on when it serves.
    if testing:
        from taskhub.cli.server.testing import run_testing

        run_testing(parent=parent, workers=workers)
    else:
        from taskhub.cli.server.libraries import import_structlog

        import_structlog()
        from taskhub.cli.server.run import run
        from taskhub.settings import read_settings_with

        run(parent=parent, read=lambda: read_settings_with(workers))
