"""PostgreSQL for tests: one for each run, copied from what was prepared, with a database for each server in it.

It goes with the last server of its run. What killed ones have left goes with the next server that ends on this machine.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from taskhub.embedded import DATABASE, Address, EmbeddedPostgres, EmbeddedPostgresError
from taskhub.embedded.commands import query
from taskhub.embedded.deadline import Deadline
from taskhub.embedded.errors import failure
from taskhub.embedded.layout import Layout
from taskhub.embedded.locks import FileLock
from taskhub.testing.held_folders import SECONDS_TO_END, HeldFolder, remove_unused
from taskhub.testing.prepared_cluster import (
    SECONDS_TO_ANSWER,
    TEMPLATE,
    copy_prepared,
    execute,
    fingerprint,
    remove_cluster,
)

SECONDS_TO_HOLD = 60.0
"""The folder may just be removed, by the last server of a run before with the same name."""


@contextmanager
def throwaway_database(cache: Path, run_name: str) -> Iterator[str]:
    """The URL of a migrated database of its own, for as long as the block lasts.

    ``cache``: where what is prepared is kept. ``run_name``: those of the same name and schema share a PostgreSQL.

    Raises:
        EmbeddedPostgresError
    """
    held = HeldFolder(run_folder(cache, run_name))
    copy = _Copy(cache)
    try:
        _hold(held, cache)
        with EmbeddedPostgres(held.folder, durable=False, fill=copy).running() as address:
            if copy.is_made:  # So nobody else uses the clone in it. It stays: the others connect to it to make and drop theirs.
                yield address.url()
            else:
                with _database(address) as name:
                    yield address.url(name)
    finally:
        held.release()
        held.try_remove(remove_cluster, SECONDS_TO_END)
        remove_unused(held.folder.parent, remove_cluster)


def run_folder(cache: Path, run_name: str) -> Path:
    """Short, for it has to have room for a socket; and whatever a run is called, it can be the name of a folder."""
    return cache / "runs" / hashlib.sha256(f"{fingerprint()} {run_name}".encode()).hexdigest()[:16]


class _Copy:
    """Fills the folder of a server with what was prepared.

    Attributes:
        is_made: whether this process has done so.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self.is_made = False

    def __call__(self, target: Layout, server_lock: FileLock) -> None:
        with _cache_errors_explained(self._cache):
            copy_prepared(self._cache, target, server_lock)
        self.is_made = True


def _hold(held: HeldFolder, cache: Path) -> None:
    with _cache_errors_explained(cache):
        held.folder.parent.mkdir(parents=True, exist_ok=True)
        if not Deadline(SECONDS_TO_HOLD).wait_until(lambda: held.try_hold(shared=True)):
            raise failure(
                f"Waited in vain for {held.folder}: another process is removing it.",
                advice="Look for a TaskHub process that hangs (for example one that was suspended) and end it.",
            )


@contextmanager
def _cache_errors_explained(cache: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise failure(
            f"No database for tests could be made in {cache}.",
            said=str(error),
            advice="Set TASKHUB_TESTING_CACHE to a folder that this account may write to.",
        ) from error


@contextmanager
def _database(address: Address) -> Iterator[str]:
    """A clone of what was prepared. It goes before the PostgreSQL does: servers that are used again share one all day."""
    name = f"{DATABASE}_{uuid4().hex}"
    execute(address, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    try:
        yield name
    finally:
        with suppress(EmbeddedPostgresError):
            query(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", address=address, timeout=SECONDS_TO_ANSWER)
