"""Commands of modules. A module adds a group of commands to `taskhub` by an entry point of the group `taskhub.commands`:

    [project.entry-points."taskhub.commands"]
    time = "taskhub_time_tracking.cli.time:app"

It names a Typer application. `taskhub time stop-all` is its command `stop_all`:

    app = typer.Typer(no_args_is_help=True, help="Time entries: stop those that were forgotten.")

    @app.command()
    def stop_all(ctx: typer.Context) -> None:
        from taskhub_time_tracking.application.stop_all import StopAll

        async def work(time_tracking: TimeTrackingContainer) -> int:
            return await time_tracking.stop_all().perform(StopAll(), Context())

        typer.echo(application(ctx).run("time_tracking", work))

`taskhub --help` imports the groups of all modules. To keep it fast, their files import only `typer` and this module; a command
imports what it needs when it runs.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

import typer

T = TypeVar("T")


class CommandFailed(Exception):
    """The command can't do what was asked; the message says why and what to do.

    The operator reads the message, as they do that of a `DomainError`, and the exit code is 1. Most other errors are bugs: they
    are shown with a traceback.
    """


class Application(Protocol):
    """The application, as commands can use it."""

    def run(self, module: str, work: Callable[[Any], Awaitable[T]]) -> T:
        """Calls ``work`` with the container of a module, whose database is open. Returns the result.

        It is the database of this deployment, which is started if it is the embedded one, and has this program's schema.
        Subscribers, purges and loops don't run. What is wrong with the settings, the modules or the database is raised, and told
        to the operator.
        """


def application(ctx: typer.Context) -> Application:
    found: Application = ctx.obj
    return found
