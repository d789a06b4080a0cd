"""One process and its embedded server."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from integration.embedded.machine import Machine
from taskhub.embedded import EmbeddedPostgres, EmbeddedPostgresError, remove, tool
from taskhub.embedded.sockets import fits

_SETTINGS = {
    "listen_addresses": "",
    "server_encoding": "UTF8",
    "timezone": "UTC",
    "fsync": "on",
    "full_page_writes": "on",
    "data_checksums": "on",
    "max_connections": "200",
    "client_connection_check_interval": "1s",
}


def test_an_empty_folder_becomes_a_database(machine: Machine) -> None:
    with EmbeddedPostgres(machine.data_dir).running() as address:
        names = ",".join(_SETTINGS)
        settings = machine.sql(address, f"SELECT name, current_setting(name) FROM unnest('{{{names}}}'::text[]) name")
        locale = machine.sql(address, "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'taskhub'")

    assert dict(line.split("|") for line in settings.splitlines()) == _SETTINGS
    assert locale == "b|C.UTF-8"


def test_the_address_serves_sqlalchemy_and_asyncpg(used: Machine) -> None:
    async def answers(url: str) -> tuple[int, int]:
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            by_sqlalchemy = (await connection.execute(text("SELECT answer FROM kept"))).scalar_one()
        await engine.dispose()
        plain = await asyncpg.connect(url.replace("+asyncpg", ""))
        by_asyncpg = await plain.fetchval("SELECT answer FROM kept")
        await plain.close()
        return by_sqlalchemy, by_asyncpg

    with used.server().running() as address:
        assert asyncio.run(answers(address.url())) == (42, 42)


def test_a_wrong_password_is_refused(used: Machine) -> None:
    async def connect(url: str) -> None:
        await asyncpg.connect(url)

    with used.server().running() as address:
        wrong = address.url().replace("+asyncpg", "").replace(address.password, "wrong")
        with pytest.raises(asyncpg.InvalidPasswordError):
            asyncio.run(connect(wrong))


def test_only_we_and_the_server_can_reach_its_files(used: Machine) -> None:
    with used.server().running():
        modes = {
            path.name: stat.S_IMODE(path.stat().st_mode)
            for path in (used.layout.password, used.layout.data, used.layout.sockets, used.layout.folder)
        }

    assert modes.pop("postgres") in (0o700, 0o710)
    assert modes == {"password": 0o600, "data": 0o700, "run": 0o700}


def test_it_is_down_after_the_release_and_starts_again(used: Machine) -> None:
    server = used.server()
    for _ in range(2):
        address = server.start()
        assert used.sql(address, "SELECT answer FROM kept") == "42"
        server.release()
        assert used.is_down()


def test_release_may_be_repeated_but_start_may_not(used: Machine) -> None:
    server = used.server()
    server.release()
    server.start()
    with pytest.raises(RuntimeError):
        server.start()
    server.release()
    server.release()

    assert used.is_down()


def test_a_data_folder_is_removed_once_nobody_uses_its_server(damageable: Machine) -> None:
    with damageable.server().running() as address:
        with pytest.raises(EmbeddedPostgresError, match=r"uses PostgreSQL(?s:.)*Stop it first"):
            remove(damageable.data_dir)
        assert damageable.sql(address, "SELECT answer FROM kept") == "42"
    remove(damageable.data_dir)
    assert not damageable.data_dir.exists()


def test_settings_of_other_postgresql_clients_do_not_interfere(used: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGSERVICE", "PGHOST", "PGPORT", "PGDATA", "PGDATABASE", "PGOPTIONS", "PGSSLMODE"):
        monkeypatch.setenv(name, "elsewhere")

    with used.server().running() as address:
        assert used.sql(address, "SELECT answer FROM kept") == "42"


def test_a_server_that_is_not_durable_says_so(used: Machine) -> None:
    with used.server().running() as address:
        assert used.sql(address, "SHOW fsync") == "off"
        assert used.sql(address, "SHOW full_page_writes") == "off"
        assert used.sql(address, "SHOW synchronous_commit") == "off"


def test_a_deep_and_odd_folder_has_its_socket_elsewhere(machine: Machine) -> None:
    machine.data_dir = machine.data_dir / 'it\'s, "odd" $HOME' / ("deep" * 25)
    with machine.server().running() as address:
        first = address.host
        assert fits(Path(first))
        assert machine.sql(address, "SELECT 1") == "1"
        assert stat.S_IMODE(Path(first).stat().st_mode) == 0o700
    with machine.server().running() as address:
        assert address.host == first
    Path(first).rmdir()
    with machine.server().running() as address:
        second = address.host
        assert machine.sql(address, "SELECT 1") == "1"
    Path(second).rmdir()


@pytest.mark.parametrize("name", ["pg_dump", "pg_restore", "psql", "pg_ctl", "pg_basebackup"])
def test_the_wheel_carries_the_tools(name: str) -> None:
    assert tool(name).is_file()
