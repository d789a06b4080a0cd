"""Removing a data folder with its server's folder."""

import shutil
from pathlib import Path

from taskhub.embedded.deadline import Deadline
from taskhub.embedded.errors import failure, os_errors_explained
from taskhub.embedded.layout import Layout
from taskhub.embedded.locks import FileLock
from taskhub.embedded.placement import known_folder

_SECONDS_FOR_WATCHDOG = 2.0


def remove(data_dir: Path) -> None:
    """Removes all that is in a data folder, and the folder. If it is interrupted, it can be done again.

    Raises EmbeddedPostgresError while a process uses the server.
    """
    data_dir = data_dir.expanduser().resolve()
    with os_errors_explained(f"{data_dir} could not be removed."):
        folder = known_folder(data_dir)
        if folder is not None:
            _remove_server(Layout(folder))
        shutil.rmtree(data_dir)


def _remove_server(layout: Layout) -> None:
    lock = FileLock(layout.clients_lock)
    # The watchdog has it for a moment after the last client has gone.
    if not Deadline(_SECONDS_FOR_WATCHDOG).wait_until(lock.try_acquire):
        raise failure(f"A process uses PostgreSQL in {layout.folder}.", advice="Stop it first (for example with Ctrl-C).")
    try:
        if layout.data.exists():
            shutil.rmtree(layout.data)
    finally:
        lock.release()
    shutil.rmtree(layout.folder)
