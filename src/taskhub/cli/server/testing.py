"""Starts `taskhub serve --testing`: the service on a database that is thrown away, with its control interface beside it.

The database starts before anything of the service is imported, the reading of settings included: a suite waits for both. Suites
run this module as a program, `python -m taskhub.cli.server.testing [--with-parent]`: reading command lines takes time to import.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from taskhub.cli.failures import failures_told
from taskhub.cli.server.done_in_thread import done_in_thread
from taskhub.cli.server.libraries import import_structlog
from taskhub.cli.server.signals import exit_on_signals
from taskhub.testing.cluster import throwaway_database
from taskhub.testing.options import TestingOptions

if TYPE_CHECKING:
    from taskhub.settings import Settings


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
        from taskhub.kernel.cli import CommandFailed

        raise CommandFailed(f"A variable TASKHUB_TESTING_… can't be read: {error}.") from None
    with exit_on_signals(), ExitStack() as stack:
        with done_in_thread(partial(_imported, workers)) as wait_for_import:
            url = stack.enter_context(throwaway_database(options.cache, options.run))
            settings = wait_for_import()
        _serve(settings, options, url, parent=options.parent or parent)


def _imported(workers: str | None) -> Settings:
    """The settings, and all that is served with is imported."""
    import_structlog()
    from taskhub.settings import read_settings_with
    from taskhub.testing.service_settings import for_testing

    settings = for_testing(read_settings_with(workers))
    from taskhub.cli.server.run import import_application

    import_application()
    import_module("taskhub.cli.server.serve_testing")
    return settings


def _serve(settings: Settings, options: TestingOptions, url: str, *, parent: int | None) -> None:
    from taskhub.cli.server.serve_testing import serve_testing
    from taskhub.cli.server.sockets import listening_socket
    from taskhub.deployment import Deployment
    from taskhub.kernel.logs import configure_logs
    from taskhub.testing.service_settings import secret_keys

    configure_logs(settings.log_level, settings.log_format)
    with (
        listening_socket(settings.host, settings.port, "TASKHUB_PORT") as api,
        listening_socket(options.host, options.port, "TASKHUB_TESTING_PORT") as control,
    ):
        deployed = Deployment(url, secret_keys(settings), is_embedded=True)
        serve_testing(settings, options, deployed, api, control, parent=parent)


def main() -> None:
    """What `taskhub serve --testing` does."""
    parent = os.getppid() if "--with-parent" in sys.argv else None
    gc.disable()
    with failures_told():
        run_testing(parent=parent)


if __name__ == "__main__":
    main()
