"""Real embedded servers: data folders that the server's account can reach, and clients in processes of their own."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from integration.embedded.machine import Client, Machine
from support.harness.waiting import PROGRAM_SECONDS
from taskhub.embedded import EmbeddedPostgres


@pytest.fixture(scope="session")
def reachable() -> Iterator[Path]:
    """A folder that every account may pass; pytest's own is closed to the server's account when root runs the tests.

    It is in memory where there is room: most of the time would be spent on writing empty databases to disk.
    """
    memory = Path("/dev/shm")
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > 2 * 1024**3
    folder = Path(tempfile.mkdtemp(prefix="taskhub-test-", dir=memory if has_room else None))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def machine(reachable: Path) -> Iterator[Machine]:
    """A data folder that isn't there yet."""
    with tempfile.TemporaryDirectory(dir=reachable) as folder:
        Path(folder).chmod(0o711)
        yield from _watched(Machine(Path(folder) / "data"))


@pytest.fixture(scope="session")
def table(reachable: Path) -> Path:
    """A data folder with a stopped server that has a table `kept` of one row."""
    data_dir = reachable / "table"
    with EmbeddedPostgres(data_dir, durable=False).running() as address:
        Machine.sql(address, "CREATE TABLE kept AS SELECT 42 AS answer")
    return data_dir


@pytest.fixture
def used(table: Path) -> Iterator[Machine]:
    """The data folder with the table, the same one for all tests: they leave the table as it is."""
    yield from _watched(Machine(table))


@pytest.fixture
def damageable(machine: Machine, table: Path) -> Machine:
    """A copy of the data folder with the table."""
    subprocess.run(["cp", "-a", str(table), str(machine.data_dir)], timeout=PROGRAM_SECONDS, check=True)
    return machine


def _watched(machine: Machine) -> Iterator[Machine]:
    yield machine
    if machine.layout.folder.exists():
        assert machine.eventually(machine.is_forgotten), "the test left processes behind"


@pytest.fixture
def client() -> Iterator[Callable[[Machine], Client]]:
    """Starts processes that use a server."""
    clients: list[Client] = []

    def start(machine: Machine) -> Client:
        clients.append(Client.of(machine))
        return clients[-1]

    yield start
    for one in clients:
        if one.process.poll() is None:
            one.leave()
