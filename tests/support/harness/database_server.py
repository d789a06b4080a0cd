"""The PostgreSQL that the tests run on: a container where a Docker engine answers, the embedded server where none does, a Citus
cluster where one is asked for.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import docker
import docker.errors
from testcontainers.community.postgres import PostgresContainer

from support.harness.citus_cluster import CitusCluster
from support.harness.databases import TEMPLATE, execute, with_database
from support.harness.migrations import migrate
from support.harness.postgres_log import PREFIX
from taskhub.embedded import EmbeddedPostgres

CHOICE = "TEST_DATABASE"
"""Set to `container`, `embedded` or `citus` to insist on one."""


@dataclass(frozen=True)
class DatabaseServer:
    description: str
    template_url: str
    stop: Callable[[], None]


def start_server() -> DatabaseServer:
    choice = os.environ.get(CHOICE)
    if choice == "citus":
        cluster = CitusCluster.start()
        return DatabaseServer("a Citus cluster", cluster.template_url, cluster.remove)
    start = {"container": _start_container, "embedded": _start_embedded, None: _start_either}[choice]
    description, url, stop = start()
    template_url = with_database(url, TEMPLATE)
    asyncio.run(
        execute(
            with_database(url, "postgres"),
            f"ALTER SYSTEM SET log_line_prefix = '{PREFIX}'",
            "SELECT pg_reload_conf()",
            f'CREATE DATABASE "{TEMPLATE}"',
        )
    )
    asyncio.run(migrate(template_url))
    return DatabaseServer(description, template_url, stop)


Started = tuple[str, str, Callable[[], None]]


def _start_either() -> Started:
    try:
        docker.from_env(timeout=2).ping()
    except docker.errors.DockerException:
        return _start_embedded("no Docker engine answers")
    try:
        return _start_container()
    except Exception as error:
        return _start_embedded(f"the Docker engine can't start a container: {type(error).__name__}")


def _start_container() -> Started:
    container = PostgresContainer("postgres:18", driver="asyncpg").with_command(
        "postgres -c max_connections=300 -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c logging_collector=on"
    )
    container.start()
    return "PostgreSQL 18 in a throwaway container", container.get_connection_url(), container.stop


def _start_embedded(why: str = "as asked for") -> Started:
    folder = Path(tempfile.mkdtemp(prefix="taskhub-tests-"))
    folder.chmod(0o711)  # As root the server runs under another account, which has to reach its data here.
    server = EmbeddedPostgres(folder, durable=False)
    address = server.start()

    def stop() -> None:
        server.release()
        shutil.rmtree(folder, ignore_errors=True)

    return f"embedded PostgreSQL 18 ({why})", address.url("postgres"), stop
