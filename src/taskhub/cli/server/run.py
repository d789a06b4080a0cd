"""Starts `taskhub serve`. The embedded database starts in a thread while the application is imported: both take about as long."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from taskhub.cli.server.console import announce
from taskhub.cli.server.signals import exit_on_signals
from taskhub.cli.server.sockets import listening_socket, metrics_socket
from taskhub.deployment import data_dir, deployment
from taskhub.kernel.logs import configure_logs
from taskhub.settings import read_settings

T = TypeVar("T")


def run(*, with_parent: bool) -> None:
    """Serves until the process gets SIGINT or SIGTERM.

    Raises:
        CommandFailed: the port is taken.
        WrongSettings
        WrongModule
        WrongRevisions
        WrongSchema
        EmbeddedPostgresError
    """
    settings = read_settings()
    configure_logs(settings.log_level)
    with (
        exit_on_signals(),
        listening_socket(settings.host, settings.port, "TASKHUB_PORT") as listener,
        metrics_socket(settings) as metrics_listener,
    ):
        if settings.database_url is None:
            announce("TaskHub starts its database", folder=str(data_dir(settings)))
        with entered_in_thread(deployment(settings)) as deployed:
            from taskhub.cli.server.serve import serve

            serve(settings, deployed(), listener, metrics_listener, with_parent=with_parent)


@contextmanager
def entered_in_thread(context: AbstractContextManager[T]) -> Iterator[Callable[[], T]]:
    """Enters a context manager in another thread. Calling the result waits for its value. The context is always left."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        entering = thread.submit(context.__enter__)
        try:
            yield entering.result
        finally:
            if entering.exception() is None:
                context.__exit__(None, None, None)
