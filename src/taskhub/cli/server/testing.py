"""Starts `taskhub serve --testing`: the service on a database that is thrown away, with its control interface beside it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from taskhub.cli.server.run import done_in_thread, import_application
from taskhub.cli.server.signals import exit_on_signals
from taskhub.cli.server.sockets import listening_socket
from taskhub.deployment import Deployment
from taskhub.kernel.cli import CommandFailed
from taskhub.kernel.logs import configure_logs
from taskhub.settings import Settings, read_settings
from taskhub.testing.cluster import throwaway_database
from taskhub.testing.options import DEFAULTS, TestingOptions


def run_testing(*, parent: int | None) -> None:
    """Serves until the process gets SIGINT or SIGTERM, or has another parent than this one.

    Raises:
        CommandFailed: a port is taken, an option can't be read, or a database or its folder is named.
        WrongSettings
        EmbeddedPostgresError
    """
    try:
        options = TestingOptions.take(os.environ)
    except ValueError as error:
        raise CommandFailed(f"A variable TASKHUB_TESTING_… can't be read: {error}.") from None
    given = read_settings()
    settings = given.model_copy(update={name: value for name, value in DEFAULTS.items() if name not in given.model_fields_set})
    if settings.database_url is not None:
        raise CommandFailed(
            "TASKHUB_DATABASE_URL is set, and a testing server empties its database: it only uses one of its own. Unset it, "
            "or start without --testing."
        )
    if settings.data_dir is not None:
        raise CommandFailed(
            "TASKHUB_DATA_DIR is set, and a testing server keeps nothing: its database is thrown away. Unset it, or start "
            "without --testing. TASKHUB_TESTING_CACHE says where such databases are made."
        )
    configure_logs(settings.log_level)
    with (
        exit_on_signals(),
        listening_socket(settings.host, settings.port, "TASKHUB_PORT") as api,
        listening_socket(options.host, options.port, "TASKHUB_TESTING_PORT") as control,
        done_in_thread(_import) as wait_for_import,
        _deployment(settings, options) as deployed,
    ):
        wait_for_import()
        from taskhub.cli.server.serve_testing import serve_testing

        serve_testing(settings, options, deployed, api, control, parent=options.parent or parent)


def _import() -> None:
    import_application()
    import_module("taskhub.cli.server.serve_testing")


@contextmanager
def _deployment(settings: Settings, options: TestingOptions) -> Iterator[Deployment]:
    """A database of its own."""
    keys = tuple(key.get_secret_value().encode() for key in (settings.secret_key, settings.secret_key_previous) if key)
    keys = keys or (secrets.token_bytes(32),)
    with throwaway_database(options.cache, options.run) as url:
        yield Deployment(url, keys, is_embedded=True)
