"""Starts `taskhub serve --testing`: the service on a database that is thrown away, with its control interface beside it."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module

from taskhub.cli.server.run import done_in_thread, import_application
from taskhub.cli.server.signals import exit_on_signals
from taskhub.cli.server.sockets import listening_socket
from taskhub.deployment import Deployment
from taskhub.kernel.cli import CommandFailed
from taskhub.kernel.logs import configure_logs
from taskhub.settings import Settings, read_settings_with
from taskhub.testing.cluster import throwaway_database
from taskhub.testing.options import TestingOptions
from taskhub.testing.service_settings import for_testing, secret_keys


def run_testing(*, parent: int | None, workers: str | None = None) -> None:
    """Serves until the process gets SIGINT or SIGTERM, or has another parent than this one.

    Raises:
        CommandFailed: a port is taken, or an option can't be read.
        WrongSettings: also where a database or its folder is named.
        EmbeddedPostgresError
    """
    try:
        options = TestingOptions.take(os.environ)
    except ValueError as error:
        raise CommandFailed(f"A variable TASKHUB_TESTING_… can't be read: {error}.") from None
    settings = for_testing(read_settings_with(workers))
    configure_logs(settings.log_level, settings.log_format)
    with (
        exit_on_signals(),
        listening_socket(settings.host, settings.port, "TASKHUB_PORT") as api,
        listening_socket(options.host, options.port, "TASKHUB_TESTING_PORT") as control,
        ExitStack() as stack,
    ):
        with done_in_thread(_import) as wait_for_import:
            deployed = stack.enter_context(_deployment(settings, options))
            wait_for_import()
        from taskhub.cli.server.serve_testing import serve_testing

        serve_testing(settings, options, deployed, api, control, parent=options.parent or parent)


def _import() -> None:
    import_application()
    import_module("taskhub.cli.server.serve_testing")


@contextmanager
def _deployment(settings: Settings, options: TestingOptions) -> Iterator[Deployment]:
    """A database of its own."""
    with throwaway_database(options.cache, options.run) as url:
        yield Deployment(url, secret_keys(settings), is_embedded=True)
