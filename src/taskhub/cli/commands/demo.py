"""`taskhub demo`"""

import gc
import os
from typing import Annotated

import typer


def demo(
    remove: Annotated[bool, typer.Option("--remove", help="Remove the demo with all its data, and do nothing else.")] = False,
    with_parent: Annotated[
        bool, typer.Option("--with-parent", help="Stop when the process that started this one ends, for whatever reason.")
    ] = False,
) -> None:
    """Serve a workspace with something in it, to look around: three people, two projects, three weeks of work.

    \b
    Example:
        taskhub demo
        taskhub demo --remove

    It has a data folder of its own, beside that of `taskhub serve`, and an embedded PostgreSQL whatever TASKHUB_DATABASE_URL
    says. Everything in it is made through the API when it starts for the first time. Each start shows links that sign you in to
    the board.
    """
    parent = os.getppid() if with_parent else None
    if remove:
        from taskhub.cli.demo.run import remove as remove_demo

        remove_demo()
        return
    gc.disable()  # As `taskhub serve`.
    from taskhub.cli.demo.run import run_demo

    run_demo(parent=parent)
