"""A full disk: writes are refused and reads go on, until the database has no room for its log of writes. Nothing is lost."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from support.harness.problems import problem
from support.harness.program import Installation, Served
from support.harness.waiting import PATIENCE_SECONDS, PROGRAM_SECONDS, wait_until

DISK = "700m"
"""A new database insists on half a gigabyte."""
MEGABYTES_OF_LOG = 200


@pytest.fixture
def disk() -> Iterator[Path]:
    """A small file system of its own."""
    folder = Path(tempfile.mkdtemp(prefix="taskhub-disk-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=711", "tmpfs", str(folder)],
        capture_output=True,
        timeout=PROGRAM_SECONDS,
        check=False,
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("only who may mount a file system can fill one")
    yield folder
    subprocess.run(["umount", str(folder)], timeout=PROGRAM_SECONDS, check=True)
    folder.rmdir()


@pytest.fixture
def served(disk: Path, tmp_path: Path) -> Iterator[Served]:
    settings = {"TASKHUB_RATE_LIMITS": "off", "TASKHUB_DATA_DIR": str(disk / "data")}
    with Installation(tmp_path, settings=settings).serving() as served:
        served.sign_up("ada@example.com")
        assert served.sign_in("ada@example.com")
        yield served


def fill(disk: Path) -> Path:
    """Takes the last byte that there is."""
    path = disk / "everything else"
    file = os.open(path, os.O_CREAT | os.O_WRONLY)
    for size in (65536, 512):
        try:
            while True:
                os.write(file, bytes(size))
        except OSError:
            pass
    os.close(file)
    return path


async def write_log(disk: Path) -> None:
    """Has the database write into its log until it has no room left for that, which ends all its processes."""
    postgres = disk / "data" / "postgres"
    connection = await asyncpg.connect(
        host=str(postgres / "run"),
        user="taskhub",
        password=(postgres / "password").read_text().strip(),
        database="taskhub",
        command_timeout=PATIENCE_SECONDS,
    )
    with pytest.raises(asyncpg.ConnectionDoesNotExistError, match="pg_wal"):
        await emit(connection)


async def emit(connection: asyncpg.Connection) -> None:
    for _ in range(MEGABYTES_OF_LOG):
        await connection.fetchval("SELECT pg_logical_emit_message(true, '', repeat('x', 1000000))")


def stop_database(disk: Path, is_stopped: Callable[[], bool]) -> None:
    """Fills the log until a reader notices: the writer is told first, and a recovery may find room for another start."""

    def is_noticed() -> bool:
        with suppress(OSError, asyncpg.PostgresError):
            asyncio.run(write_log(disk))
        return is_stopped()

    wait_until(is_noticed)


def test_reads_go_on_until_the_database_stops_and_all_does_once_there_is_room(served: Served, disk: Path) -> None:
    workspace = served.client.post("/v1/workspaces", json={"name": "Engine room"}).json()
    path = f"/v1/workspaces/{workspace['id']}"
    project = served.client.post(f"{path}/projects", json={"key": "OPS", "name": "Operations"}).json()
    new_task = {"project_id": project["id"], "title": "Oil the engine", "description": "long " * 2000}
    made = [served.client.post(f"{path}/tasks", json=new_task).json() for _ in range(3)]
    filling = fill(disk)

    attempts = [served.client.post(f"{path}/tasks", json=new_task) for _ in range(100)]
    made += [answer.json() for answer in attempts if answer.status_code == 201]
    refusal = problem(next(answer for answer in attempts if answer.status_code != 201), 503, "unavailable")
    assert "full" in refusal["detail"]
    for task in made:
        assert served.client.get(f"{path}/tasks/{task['id']}").json() == task

    answers = []

    def is_refused() -> bool:
        answers.append(served.client.get(f"{path}/tasks/{made[0]['id']}"))
        return answers[-1].status_code != 200

    stop_database(disk, is_refused)
    problem(answers[-1], 503, "unavailable")
    assert all(answer.json() == made[0] for answer in answers[:-1])

    filling.unlink()
    served.wait_until_ready()
    for task in made:
        assert served.client.get(f"{path}/tasks/{task['id']}").json() == task
    assert served.client.post(f"{path}/tasks", json=new_task).status_code == 201
