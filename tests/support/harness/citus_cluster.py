"""A Citus cluster of its own for a run of tests: a coordinator and two workers, with a distributed schema to clone.

A database of Citus is one on each of its nodes, under the same name. They know each other by what is in them, so that clones of
all are a cluster as well.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from support.harness.databases import TEMPLATE, execute, note_nodes, with_database
from support.harness.migrations import migrate
from support.harness.postgres_log import PREFIX
from taskhub.kernel.infrastructure.event_log.tables import ROWS
from taskhub.modules.discovery import installed_modules
from taskhub.schema.distribute import distribute

TOOL = "CITUS_CLUSTER"
"""Where the tool is that starts a cluster, if not beside the checkout."""
BESIDE = Path(__file__).resolve().parents[4] / "shared" / "tools" / "citus" / "citus-cluster"
HOST, NODES, SHARDS = "127.0.0.1", 3, 8
SECONDS = 180.0
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "500",
    "logging_collector": "on",
    "log_line_prefix": f"'{PREFIX}'",
    "citus.shard_count": str(SHARDS),
}


def start_cluster() -> tuple[str, str, Callable[[], None]]:
    """Starts one, with the distributed schema in its template. Returns what it is, the URL of the template, and what stops
    it.
    """
    tool = Path(os.environ.get(TOOL) or BESIDE)
    if not tool.is_file():
        pytest.exit(
            f"There is no {tool}: set {TOOL} to the tool that starts a Citus cluster.", returncode=pytest.ExitCode.USAGE_ERROR
        )
    folder = Path(tempfile.mkdtemp(prefix="taskhub-citus-tests-"))
    folder.chmod(0o711)  # As root the servers run under another account, which has to reach its data here.
    port = free_ports(NODES)

    def call(command: str) -> None:
        environment = {**os.environ, "CITUS_ROOT": str(folder), "CITUS_PORT": str(port)}
        done = subprocess.run([tool, command], env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
        if done.returncode:
            pytest.exit(f"The Citus cluster does not start: {done.stderr}", returncode=pytest.ExitCode.INTERNAL_ERROR)

    def stop() -> None:
        call("remove")
        shutil.rmtree(folder, ignore_errors=True)

    try:
        call("up")
        nodes = [f"postgresql://postgres@{HOST}:{one}/postgres" for one in range(port, port + NODES)]
        for node in nodes:
            asyncio.run(execute(node, *(f"ALTER SYSTEM SET {name} = {value}" for name, value in _SETTINGS.items())))
        call("down")  # Some of them are read at the start.
        call("up")
        asyncio.run(_make_template(nodes))
    except BaseException:
        stop()
        raise
    return f"Citus on {NODES} nodes", _of_engine(with_database(nodes[0], TEMPLATE)), stop


def free_ports(count: int) -> int:
    """The first of so many that follow each other and that nobody uses."""
    while True:
        with socket.socket() as first:
            first.bind((HOST, 0))
            port: int = first.getsockname()[1]
        if all(_is_free(one) for one in range(port, port + count)):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        try:
            one.bind((HOST, port))
        except OSError:
            return False
    return True


async def _make_template(nodes: list[str]) -> None:
    for node in nodes:
        await execute(node, f'CREATE DATABASE "{TEMPLATE}"')
        await execute(with_database(node, TEMPLATE), "CREATE EXTENSION citus")
    url = with_database(nodes[0], TEMPLATE)
    first, *others = (urlsplit(node).port for node in nodes)
    await execute(
        url,
        f"SELECT citus_set_coordinator_host('{HOST}', {first})",
        *(f"SELECT citus_add_node('{HOST}', {port})" for port in others),
    )
    await migrate(_of_engine(url))
    await distribute(url, [*ROWS, *(row for module in installed_modules() for row in module.rows)], is_check=False)
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
