"""A small process that stops the server when all its clients have been killed.

It waits for the clients' lock, which it gets from the operating system as soon as no client is left, however they ended.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from taskhub.embedded.layout import Layout
from taskhub.embedded.locks import FileLock
from taskhub.embedded.postmaster import stop


def main(folder: Path) -> None:
    """Watch the server in this folder until it has no client, then stop it. Returns at once if another one watches."""
    layout = Layout(folder)
    watch = FileLock(layout.watchdog_lock)
    if not watch.try_acquire():
        return
    _daemonize()
    clients = FileLock(layout.clients_lock)
    clients.wait()
    try:
        if layout.folder.exists():
            stop(layout)
    finally:
        watch.release()  # before the clients' lock: the next client must not believe that a watchdog runs
        clients.release()


def _daemonize() -> None:
    if sys.platform == "win32":
        return
    if os.fork():
        os._exit(0)
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    # A service manager or a terminal ends all processes of the service: we are needed until the clients have gone.
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
