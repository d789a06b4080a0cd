"""Servers as processes: ready when they say so, gone with those who started them, side by side on one PostgreSQL."""

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx2
import pytest

from support.harness.testing_servers import answers, eventually, pid_of
from support.harness.waiting import PROGRAM_SECONDS
from taskhub.embedded import EmbeddedPostgres
from taskhub.embedded.commands import query
from taskhub.embedded.layout import Layout
from taskhub.embedded.locks import FileLock, is_held
from taskhub.testing import ServerNotStarted, TaskHubServer
from taskhub.testing.client import launch
from taskhub.testing.client.process import started
from taskhub.testing.cluster import run_folder, throwaway_database
from taskhub.testing.control.routes import WARNING
from taskhub.testing.held_folders import lock_of
from taskhub.testing.prepared_cluster import fingerprint

SUITE = """
import json, pathlib, sys, time
from taskhub.testing import TaskHubServer

server = TaskHubServer.start()
draft, notes = map(pathlib.Path, sys.argv[1:])
draft.write_text(server.url)
draft.replace(notes)
time.sleep(3600)
"""


def suite(folder: Path) -> subprocess.Popen[bytes]:
    """A process that starts a server, writes down where it is, and does nothing more."""
    return subprocess.Popen([sys.executable, "-c", SUITE, str(folder / "draft"), str(folder / "notes")])


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(PROGRAM_SECONDS)


def folders(place: Path) -> list[str]:
    return [folder.name for folder in place.iterdir() if folder.is_dir()]


def test_servers_of_a_run_share_a_postgresql_and_have_databases_of_their_own(run: Path) -> None:
    with TaskHubServer.start() as one, TaskHubServer.start() as other:
        tenant = one.tenant()
        assert other.client(tenant.token).get("/v1/users/me").status_code == 401
        assert folders(run.parent) == [run.name]
        one.stop()
        assert other.tenant().task(), "the last one to leave ends it, not the first"
    assert not run.exists()
    assert not lock_of(run).exists()


def test_the_database_of_a_server_goes_with_it_where_postgresql_goes_on(run: Path) -> None:
    def databases() -> int:
        counting = "SELECT count(*) FROM pg_database WHERE datname LIKE 'taskhub_%'"
        with EmbeddedPostgres(run, durable=False).running() as address:
            return int(query(counting, address=address, timeout=PROGRAM_SECONDS).stdout)

    with TaskHubServer.start():
        alone = databases()
        with TaskHubServer.start():
            assert databases() == alone + 1
        assert databases() == alone


def test_a_server_ends_with_whoever_started_it(run: Path, tmp_path: Path) -> None:
    starting = suite(tmp_path)
    try:
        eventually(lambda: (tmp_path / "notes").exists() or starting.poll() is not None)
        url = (tmp_path / "notes").read_text()
        assert httpx2.get(f"{url}/health/live", trust_env=False).status_code == 200
    finally:
        kill(starting)
    eventually(lambda: not answers(url))
    eventually(lambda: not lock_of(run).exists())


def test_one_whose_suite_is_killed_while_it_starts_ends_as_well(run: Path, cache: Path, tmp_path: Path) -> None:
    preparing = FileLock(cache / "prepared.lock")
    assert preparing.try_acquire(), "a start waits for this one"
    try:
        starting = suite(tmp_path)
        try:
            eventually(lambda: lock_of(run).exists())
        finally:
            kill(starting)
    finally:
        preparing.release()
    eventually(lambda: not lock_of(run).exists())


def test_what_killed_ones_leave_goes_with_the_next_run(
    run: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starting = suite(tmp_path)
    try:
        eventually(lambda: (tmp_path / "notes").exists() or starting.poll() is not None)
    finally:
        kill(starting)
    eventually(lambda: not lock_of(run).exists())
    (of_suite,) = folders(cache / "servers")  # A log and a secret, which nobody was left to remove.

    server = TaskHubServer.start()
    assert of_suite not in folders(cache / "servers")
    os.kill(pid_of(server), signal.SIGKILL)
    eventually(lambda: not answers(server.url))
    server.stop()
    assert run.exists()

    launch.run_name.cache_clear()
    monkeypatch.setenv("PYTEST_XDIST_TESTRUNUID", f"after {run.name}")
    with TaskHubServer.start():
        eventually(lambda: not is_held(Layout(run / "postgres").watchdog_lock))
    assert folders(cache / "servers") == []
    assert folders(cache / "runs") == []


def test_ctrl_c_in_the_terminal_of_a_suite_does_not_reach_its_server(run: Path) -> None:
    with TaskHubServer.start() as server:
        assert os.getpgid(pid_of(server)) != os.getpgrp()


def test_a_server_says_loudly_what_it_is_and_its_secret_to_its_owner_alone(run: Path, cache: Path) -> None:
    with TaskHubServer.start() as server:
        assert f"TASKHUB TESTING SERVER on {server.url}, controlled on {server.control_url}. {WARNING}" in server.log
        first = json.loads(server.log.splitlines()[0])
        assert (first["level"], first["message"]) == ("warning", WARNING)
        assert server.secret not in server.log
        (ready,) = (cache / "servers").glob("*/ready.json")
        assert stat.S_IMODE(ready.stat().st_mode) == 0o600
    assert server.log == ""


def test_one_that_was_told_no_file_prints_its_secret(run: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    ports = {"TASKHUB_PORT": "0", "TASKHUB_TESTING_PORT": "0"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "taskhub", "serve", "--testing"], env={**os.environ, **ports}, cwd=tmp_path, stdout=output
        )
    try:
        eventually(lambda: "Its secret is " in log.read_text() or process.poll() is not None)
        said = log.read_text()
        control, secret = said.partition("controlled on ")[2].split(". ")[0], said.partition("Its secret is ")[2].split(".\n")[0]
        headers = {"authorization": f"Bearer {secret}"}
        assert httpx2.get(f"{control}/clock", headers=headers, trust_env=False).status_code == 200
    finally:
        process.terminate()
        assert process.wait(PROGRAM_SECONDS) == 0


def test_one_that_nobody_asks_ends_by_itself(run: Path, tmp_path: Path) -> None:
    variables = {"TASKHUB_TESTING_IDLE_SECONDS": "0.5", "TASKHUB_TESTING_RUN": "of nobody"}
    process = started(tmp_path, {}, [], variables)
    assert process.wait(PROGRAM_SECONDS) == 0
    assert not lock_of(run_folder(run.parents[1], "of nobody")).exists()


def test_a_server_that_can_not_start_says_why(run: Path) -> None:
    with pytest.raises(ServerNotStarted, match="TASKHUB_RATE_LIMITS"):
        TaskHubServer.start(settings={"rate_limits": "sometimes"})


def test_one_without_a_place_to_work_in_says_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TASKHUB_TESTING_CACHE", str(tmp_path / "file"))
    for reuse in (False, True):
        with pytest.raises(ServerNotStarted, match="Set TASKHUB_TESTING_CACHE to a folder"):
            TaskHubServer.start(reuse=reuse)


@pytest.mark.parametrize(
    ("named", "refusal"),
    [
        (
            {"TASKHUB_DATABASE_URL": "postgresql://ada@127.0.0.1/precious", "TASKHUB_SECRET_KEY": "k" * 40},
            "a testing server empties its database",
        ),
        ({"TASKHUB_DATA_DIR": "/srv/precious"}, "a testing server keeps nothing"),
    ],
    ids=["database", "data folder"],
)
def test_a_testing_server_does_not_touch_a_database_that_somebody_names(named: dict[str, str], refusal: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "taskhub", "serve", "--testing"],
        env={**os.environ, **named},
        capture_output=True,
        text=True,
        timeout=PROGRAM_SECONDS,
        check=False,
    )
    assert done.returncode == 1
    assert refusal in done.stderr


def test_settings_are_those_that_were_given_and_none_of_the_environment(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKHUB_REQUIRE_IF_MATCH", "false")
    monkeypatch.setenv("TASKHUB_REGISTRATION", "closed")
    with TaskHubServer.start(settings={"require_if_match": True}) as server:
        service = server.client().get("/v1").json()
    assert (service["require_if_match"], service["registration"]) == (True, "open")
    assert service["limits"]["writes_per_minute"] is None


@pytest.mark.parametrize("name", ["feature/a run. With dots..", "x" * 300])
def test_a_run_may_be_called_anything(cache: Path, name: str) -> None:
    with throwaway_database(cache, name):
        assert run_folder(cache, name).parent == cache / "runs"
        assert run_folder(cache, name).is_dir()
    assert list((cache / "runs").iterdir()) == []


def test_each_of_a_run_has_a_migrated_database_of_its_own_also_when_the_first_has_gone(cache: Path) -> None:
    name = uuid4().hex
    with ExitStack() as others:
        with throwaway_database(cache, name) as first:
            second = others.enter_context(throwaway_database(cache, name))
        third = others.enter_context(throwaway_database(cache, name))
        assert len({first, second, third}) == 3
        for url in (second, third):
            assert asyncio.run(tables_of(url)) >= {"tasks", "workspaces"}


async def tables_of(url: str) -> set[str]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return {row["tablename"] for row in await connection.fetch("SELECT tablename FROM pg_tables")}
    finally:
        await connection.close()


def test_what_was_prepared_and_is_not_whole_any_more_is_prepared_anew(run: Path, cache: Path) -> None:
    with TaskHubServer.start():
        pass
    prepared = cache / f"prepared-{fingerprint()}"
    taken, *_ = sorted(prepared.rglob("base/*/PG_VERSION"))
    taken.unlink()
    with TaskHubServer.start() as server:
        assert server.tenant().task()
    assert len(sorted(prepared.rglob("base/*/PG_VERSION"))) == 2
