"""Listening sockets."""

import errno
import os
import socket
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from taskhub.kernel.cli import CommandFailed
from taskhub.settings import Settings

RETRY_SECONDS = 2.0
"""How long to retry a port that is in use: a previous process that was killed may still be ending."""
BACKLOG = 2048


@contextmanager
def listening_socket(host: str, port: int, setting: str) -> Iterator[socket.socket]:
    """A listening socket, opened first so that no other process takes the port meanwhile. Early clients wait in its backlog.

    ``setting`` names the port's setting in what is raised.

    Raises:
        CommandFailed: the port is in use, or this account may not use it.
    """
    deadline = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            listener = _listen(host, port)
            break
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            raise CommandFailed(_reason(error, host, port, setting)) from error
    with listener:
        yield listener


def metrics_socket(settings: Settings) -> AbstractContextManager[socket.socket | None]:
    """The listening socket for metrics, or None without TASKHUB_METRICS_PORT.

    Raises:
        CommandFailed: the port is taken.
    """
    if settings.metrics_port is None:
        return nullcontext()
    return listening_socket(settings.host, settings.metrics_port, "TASKHUB_METRICS_PORT")


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # On Windows it would let two processes listen on one port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


def _reason(error: OSError, host: str, port: int, setting: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use: stop what serves there, or set {setting} to another one."
    if error.errno == errno.EACCES:
        return f"Port {port} on {host} needs more rights than this account has: set {setting} to one above 1023."
    return f"{host}:{port} can't be served on ({error.strerror}): check TASKHUB_HOST and {setting}."
