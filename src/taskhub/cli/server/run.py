"""Starts `taskhub serve`. The application is imported in a thread while the embedded database starts: both take about as long."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from importlib import import_module

from taskhub.cli.server.console import announce
from taskhub.cli.server.done_in_thread import done_in_thread
from taskhub.cli.server.hooks import ServeHooks
from taskhub.cli.server.libraries import import_frameworks
from taskhub.cli.server.signals import exit_on_signals
from taskhub.cli.server.sockets import listening_socket, metrics_socket
from taskhub.deployment import data_dir, deployment
from taskhub.kernel.cli import CommandFailed
from taskhub.kernel.logs import configure_logs
from taskhub.settings import Settings, read_settings


def run(*, parent: int | None, read: Callable[[], Settings] = read_settings, hooks: ServeHooks | None = None) -> None:
    """Serves until the process gets SIGINT or SIGTERM, or has another parent than this one.

    ``read``: what reads the settings. ``hooks``: they are those of one process, and go with one worker.

    Raises:
        CommandFailed: the port is taken, or no worker can start.
        WrongModule
        WrongSettings
        WrongRevisions
        WrongSchema
        EmbeddedPostgresError
    """
    settings = read()
    if settings.workers > 1 and not hasattr(os, "fork"):
        raise CommandFailed("Several workers need fork, which this system lacks: start several services instead, or one worker.")
    configure_logs(settings.log_level, settings.log_format)
    with (
        exit_on_signals(),
        listening_socket(settings.host, settings.port, "TASKHUB_PORT") as listener,
        metrics_socket(settings) as metrics_listener,
        ExitStack() as stack,
    ):
        if settings.database_url is None:
            folder = data_dir(settings)
            first = "" if folder.exists() else f" in {folder}: the first time it is made, which takes some seconds"
            announce(settings.log_format, "TaskHub starts its database", first, folder=str(folder))
        # Not the other way around: a signal interrupts the main thread alone, and starting may take minutes, importing does not.
        with done_in_thread(import_application) as wait_for_import:
            deployed = stack.enter_context(deployment(settings))
            wait_for_import()
        if settings.workers > 1:  # The thread has ended: a process with threads can't be forked safely.
            from taskhub.cli.server.workers.run import serve_with_workers

            serve_with_workers(settings, deployed, listener, metrics_listener, parent=parent, read=read)
        else:
            from taskhub.cli.server.serve import serve

            serve(settings, deployed, listener, metrics_listener, hooks or ServeHooks(), parent=parent)


def import_application() -> None:
    """Imports the application and all modules.

    Raises:
        WrongModule
    """
    import_frameworks()
    import_module("taskhub.cli.server.serve")
    from taskhub.modules.discovery import installed_modules

    installed_modules()
