"""Servers as processes: ready when they say so, gone with those who started them, side by side on one PostgreSQL."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from taskhub.testing import ServerNotStarted, TaskHubServer
from taskhub.testing.client import launch

PATIENCE_SECONDS = 60.0


@pytest.fixture(scope="module")
def cache() -> Iterator[Path]:
    """Of these tests alone: each server that stops removes what it finds unused in the cache."""
    folder = Path(tempfile.mkdtemp(prefix="taskhub-cache-"))
    folder.chmod(0o755)  # As root PostgreSQL runs under another account.
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def run(cache: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A run of this test's own. Gives its folder."""
    monkeypatch.setenv("TASKHUB_TESTING_CACHE", str(cache))
    launch.run_name.cache_clear()
    name = f"of-{os.getpid()}-{abs(hash(request.node.name))}"
    monkeypatch.setenv("PYTEST_XDIST_TESTRUNUID", name)
    yield cache / "runs" / name
    launch.run_name.cache_clear()


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def test_servers_of_a_run_share_a_postgresql_and_have_databases_of_their_own(run: Path) -> None:
    with TaskHubServer.start() as one, TaskHubServer.start() as other:
        tenant = one.tenant()
        assert other.client(tenant.token).get("/v1/users/me").status_code == 401
        assert [folder.name for folder in run.parent.iterdir() if folder.is_dir() and folder.name == run.name] == [run.name]
        one.stop()
        assert other.tenant().task(), "the last one to leave ends it, not the first"
    assert not run.exists()
    assert not run.with_suffix(".lock").exists()


def test_a_server_ends_with_whoever_started_it(run: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    code = (
        "import json, pathlib, time\n"
        "from taskhub.testing import TaskHubServer\n"
        "server = TaskHubServer.start()\n"
        f"draft = pathlib.Path({str(tmp_path / 'draft')!r})\n"
        "draft.write_text(server.url)\n"
        f"draft.replace({str(notes)!r})\n"
        "time.sleep(600)\n"
    )
    suite = subprocess.Popen([sys.executable, "-c", code])
    try:
        eventually(lambda: notes.exists() or suite.poll() is not None)
        url = notes.read_text()
        assert httpx2.get(f"{url}/health/live", trust_env=False).status_code == 200
    finally:
        suite.send_signal(signal.SIGKILL)
        suite.wait(PATIENCE_SECONDS)
    eventually(lambda: not _answers(url))
    eventually(lambda: not run.with_suffix(".lock").exists())


def test_what_a_killed_server_leaves_goes_with_the_next_run(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = TaskHubServer.start()
    pid = _pid_of(server)
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not _answers(server.url))
    assert run.exists()
    server.stop()
    launch.run_name.cache_clear()
    monkeypatch.setenv("PYTEST_XDIST_TESTRUNUID", f"{run.name}-next")
    with TaskHubServer.start():
        pass
    assert not run.exists()


def test_a_server_that_can_not_start_says_why(run: Path) -> None:
    with pytest.raises(ServerNotStarted, match="TASKHUB_RATE_LIMITS"):
        TaskHubServer.start(settings={"rate_limits": "sometimes"})


def test_a_testing_server_does_not_touch_a_database_that_somebody_names(run: Path) -> None:
    named = {**os.environ, "TASKHUB_DATABASE_URL": "postgresql://ada@127.0.0.1/precious", "TASKHUB_SECRET_KEY": "k" * 40}
    done = subprocess.run(
        [sys.executable, "-m", "taskhub", "serve", "--testing"],
        env=named,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "a testing server empties its database" in done.stderr


def test_settings_are_those_that_were_given_and_none_of_the_environment(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKHUB_REQUIRE_IF_MATCH", "false")
    monkeypatch.setenv("TASKHUB_REGISTRATION", "closed")
    with TaskHubServer.start(settings={"require_if_match": True}) as server:
        service = server.client().get("/v1").json()
    assert (service["require_if_match"], service["registration"]) == (True, "open")
    assert service["limits"]["writes_per_minute"] is None


def test_one_that_was_left_is_used_again_emptied(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"limit_writes_per_user": 4242}
    with TaskHubServer.start(settings=settings, reuse=True) as first:
        tenant = first.tenant()
        with TaskHubServer.start(settings=settings, reuse=True) as other:
            assert other.url != first.url, "one that is in use is nobody else's"
    try:
        with TaskHubServer.start(settings=settings, reuse=True) as again:
            assert again.url == first.url
            assert again.client(tenant.token).get("/v1/users/me").status_code == 401
    finally:
        os.kill(_pid_of(first), signal.SIGTERM)
        eventually(lambda: not _answers(first.url))


def _pid_of(server: TaskHubServer) -> int:
    port = server.url.rpartition(":")[2]
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and b"--testing" in _bytes(folder / "cmdline") and _listens(int(folder.name), int(port)):
            return int(folder.name)
    raise AssertionError("no process listens there")


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _listens(pid: int, port: int) -> bool:
    inodes = {
        line.split()[9] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[1].endswith(f":{port:04X}")
    }
    try:
        links = [str(one.readlink()) for one in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return False
    return any(link == f"socket:[{inode}]" for link in links for inode in inodes)


def _answers(url: str) -> bool:
    try:
        httpx2.get(f"{url}/health/live", trust_env=False, timeout=2)
    except httpx2.TransportError:
        return False
    return True
