"""The embedded server, as processes use it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taskhub.embedded.address import Address
from taskhub.embedded.deadline import Deadline
from taskhub.embedded.errors import EmbeddedPostgresError, failure, os_errors_explained
from taskhub.embedded.layout import Layout
from taskhub.embedded.locks import FileLock, is_held
from taskhub.embedded.placement import resolve_placement
from taskhub.embedded.postmaster import stop
from taskhub.embedded.startup import Fill, ensure_running

_SECONDS_TO_BE_EXCLUSIVE = 0.5
_SECONDS_FOR_PROBES = 0.05
_SECONDS_TO_STOP = 90.0

_log = logging.getLogger(__name__)


class EmbeddedPostgres:
    """An embedded PostgreSQL in a data folder, shared by all processes that use the folder at the same time.

    The first one starts it, the others adopt it, the last one stops it. A killed process counts as gone.
    All calls block: use a thread from asyncio.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True, start_timeout: float = 120.0, fill: Fill | None = None) -> None:
        """`durable=False` is for throwaway servers of tests: a crash of the machine loses their data. `fill` makes the data
        directory where there is none, in place of an empty database.

        `start_timeout`: seconds that a start may take, recovery after a crash and waiting for others included.
        """
        self._data_dir = data_dir
        self._durable = durable
        self._start_timeout = start_timeout
        self._fill = fill
        self._layout: Layout | None = None
        self._clients: FileLock | None = None

    @contextmanager
    def running(self, *, exclusive: bool = False) -> Iterator[Address]:
        """The server for the length of a block; see `start`."""
        address = self.start(exclusive=exclusive)
        try:
            yield address
        finally:
            self.release()

    def start(self, *, exclusive: bool = False) -> Address:
        """Start or adopt the server and return its address, verified by a connection.

        `exclusive`: refuse while others use it, and keep others waiting until the release. It is for a restore, which may
        run in a folder where an earlier one was interrupted.
        Raises EmbeddedPostgresError, which says what to do; RuntimeError if this object has started it already.
        """
        if self._clients is not None:
            raise RuntimeError("this EmbeddedPostgres is started already")
        deadline = Deadline(self._start_timeout)
        with os_errors_explained(f"PostgreSQL could not be started in {self._data_dir}."):
            placement = resolve_placement(self._data_dir, deadline)
            self._layout = placement.layout
            self._clients = _acquire_clients_lock(placement.layout, exclusive=exclusive, deadline=deadline)
            try:
                _check_restore_marker(placement.layout, exclusive=exclusive)
                return ensure_running(placement, durable=self._durable, deadline=deadline, fill=self._fill)
            except BaseException:
                self.release()
                raise

    def release(self) -> None:
        """Leave the server; the last one to leave stops it and returns when it is down. Does nothing if not started."""
        clients, layout, self._clients = self._clients, self._layout, None
        if clients is None or layout is None:
            return
        try:
            _release_and_stop_if_last(clients, layout)
        except (EmbeddedPostgresError, OSError) as error:
            _log.warning("PostgreSQL is left to its watchdog: %s", error)
        finally:
            clients.release()


def _check_restore_marker(layout: Layout, *, exclusive: bool) -> None:
    """Refuses a folder where a restore was interrupted; marks an empty one that a restore is about to fill."""
    if not exclusive and layout.restoring.exists():
        raise failure(
            f"A restore into {layout.folder} was interrupted: the content may be neither the old nor the new.",
            advice="Run `taskhub restore` again, with the same file or another one.",
        )
    if exclusive and not layout.data.exists():
        layout.restoring.touch()


def _acquire_clients_lock(layout: Layout, *, exclusive: bool, deadline: Deadline) -> FileLock:
    """Become a client. A process that stops the server or restores into it holds the lock exclusively."""
    lock = FileLock(layout.clients_lock)
    alone = Deadline(_SECONDS_TO_BE_EXCLUSIVE)

    def entered_or_refused() -> bool:
        if lock.try_acquire(shared=not exclusive):
            return True
        return exclusive and not alone.remaining() and not is_held(layout.clients_lock)

    if not deadline.wait_until(entered_or_refused):
        raise failure(
            f"PostgreSQL in {layout.folder} is being stopped or restored by another process.",
            advice="Wait until that is done, then start again.",
        )
    if not lock.is_taken:
        raise failure(
            f"Other processes use PostgreSQL in {layout.folder}, and this needs it alone.",
            advice="Stop them first (for example `taskhub serve`).",
        )
    return lock


def _release_and_stop_if_last(clients: FileLock, layout: Layout) -> None:
    clients.release()
    last = FileLock(layout.clients_lock)
    if Deadline(_SECONDS_FOR_PROBES).wait_until(last.try_acquire):
        try:
            stop(layout)
        finally:
            last.release()
    # The watchdog may have been quicker, and a container ends with us: wait until it has stopped the server.
    Deadline(_SECONDS_TO_STOP).wait_until(lambda: not is_held(layout.clients_lock))
