"""A Citus cluster of its own for a run of tests: a coordinator and two workers, with a distributed schema to clone.

A database of Citus is one on each of its nodes, under the same name. They know each other by what is in them, so that clones of
all are a cluster as well.
"""

import asyncio
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from support.harness.databases import TEMPLATE, execute, note_nodes, other_nodes, with_database
from support.harness.migrations import migrate
from support.harness.postgres_log import PREFIX
from support.harness.waiting import PROGRAM_SECONDS, wait_until
from taskhub.modules.discovery import installed_modules
from taskhub.schema.distribute import distribute

TOOL = "CITUS_CLUSTER"
"""Where the tool is that starts a cluster, if not beside the checkout."""
BESIDE = Path(__file__).resolve().parents[4] / "shared" / "tools" / "citus" / "citus-cluster"
HOST, NODES, SHARDS = "127.0.0.1", 3, 8
PORTS = range(20_000, 32_000)
"""Below those that a system gives to connections: one of them would be in use by the time that a server is started."""
_SETTINGS = {
    "fsync": "off",  # What is written outlives a crash of a server, but not one of the machine.
    "full_page_writes": "off",
    "max_connections": "500",
    "logging_collector": "on",
    "log_line_prefix": f"'{PREFIX}'",
    "citus.shard_count": str(SHARDS),
}


class CitusCluster:
    """One that was started. ``template_url``: of its template, on the coordinator."""

    def __init__(self) -> None:
        self._tool = Path(os.environ.get(TOOL) or BESIDE)
        if not self._tool.is_file():
            sentence = f"There is no {self._tool}: set {TOOL} to the tool that starts a Citus cluster."
            pytest.exit(sentence, returncode=pytest.ExitCode.USAGE_ERROR)
        self._folder = Path(tempfile.mkdtemp(prefix="taskhub-citus-tests-"))
        self._folder.chmod(0o711)  # As root the servers run under another account, which has to reach its data here.
        self._port = free_ports(NODES)
        self._nodes = [f"postgresql://postgres@{HOST}:{port}/postgres" for port in range(self._port, self._port + NODES)]
        self.template_url = _of_engine(with_database(self._nodes[0], TEMPLATE))

    @classmethod
    def start(cls) -> Self:
        cluster = cls()
        try:
            cluster.start_nodes()
            for node in cluster._nodes:
                asyncio.run(execute(node, *(f"ALTER SYSTEM SET {name} = {value}" for name, value in _SETTINGS.items())))
            cluster._call("down")  # Some of them are read at the start.
            cluster.start_nodes()
            asyncio.run(_make_template(cluster._nodes))
        except BaseException:
            cluster.remove()
            raise
        return cluster

    def start_nodes(self) -> None:
        """Those that don't run."""
        self._call("up")

    def stop_worker(self, number: int) -> None:
        """The first is 1. It ends at once, as in a crash, and its connections with it."""
        os.kill(self._pid(number), signal.SIGQUIT)
        wait_until(lambda: not self._pid_file(number).exists())

    @contextmanager
    def hanging_worker(self, number: int) -> Iterator[None]:
        """It takes connections, and answers none of them, as long as the block lasts."""
        os.kill(self._pid(number), signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self._pid(number), signal.SIGCONT)

    def port(self, number: int) -> int:
        """Of a worker."""
        return self._port + number

    def remove(self) -> None:
        self._call("remove")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _pid(self, number: int) -> int:
        return int(self._pid_file(number).read_text().split()[0])

    def _pid_file(self, number: int) -> Path:
        return self._folder / "data" / f"worker{number}" / "postmaster.pid"

    def _call(self, command: str) -> None:
        environment = {**os.environ, "CITUS_ROOT": str(self._folder), "CITUS_PORT": str(self._port)}
        run = [str(self._tool), command]
        done = subprocess.run(run, env=environment, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=False)
        assert done.returncode == 0, f"{self._tool} {command}: {done.stderr}"


def free_ports(count: int) -> int:
    """The first of so many that follow each other and that nobody uses."""
    while True:
        port = random.choice(PORTS)
        if all(_is_free(one) for one in range(port, port + count)):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        try:
            one.bind((HOST, port))
        except OSError:
            return False
    return True


@asynccontextmanager
async def empty_cluster_database(template_url: str) -> AsyncIterator[str]:
    """One without tables on all nodes, for as long as the block lasts. Gives its URL."""
    first, name = with_database(template_url, "postgres"), f"taskhub_{uuid4().hex}"
    nodes = [first, *await other_nodes(first)]
    try:
        await _make_database(nodes, name)
        yield with_database(template_url, name)
    finally:
        for node in nodes:
            await execute(node, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


async def _make_database(nodes: list[str], name: str) -> None:
    for node in nodes:
        await execute(node, f'CREATE DATABASE "{name}"')
        await execute(with_database(node, name), "CREATE EXTENSION citus")
    first, *others = (urlsplit(node).port for node in nodes)
    await execute(
        with_database(nodes[0], name),
        f"SELECT citus_set_coordinator_host('{HOST}', {first})",
        *(f"SELECT citus_add_node('{HOST}', {port})" for port in others),
    )


async def _make_template(nodes: list[str]) -> None:
    await _make_database(nodes, TEMPLATE)
    url = with_database(nodes[0], TEMPLATE)
    await migrate(_of_engine(url))
    await distribute(url, installed_modules().rows, is_check=False)
    for node in nodes:
        await execute(
            node,
            # Its daemon is connected to it for as long as there is one.
            f'ALTER DATABASE "{TEMPLATE}" ALLOW_CONNECTIONS false',
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{TEMPLATE}'",
        )
    await note_nodes(url, nodes[1:])


def _of_engine(url: str) -> str:
    return url.replace("postgresql:", "postgresql+asyncpg:")
