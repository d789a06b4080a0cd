"""A database that TaskHub did not start: migrated when asked, and only then."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from support.harness.databases import empty_database
from support.harness.program import Installation

REPLICAS = 8


@pytest.fixture
def external(template_url: str, new_installation: Callable[..., Installation]) -> Iterator[Installation]:
    """An installation on a database without any table."""
    with empty_database(template_url) as url:
        yield new_installation(TASKHUB_DATABASE_URL=url, TASKHUB_SECRET_KEY=uuid4().hex)


def test_replicas_migrate_it_at_once_and_serve_it_only_then(external: Installation) -> None:
    early = external.run("serve")
    assert early.returncode == 1
    assert early.stderr == "taskhub: The database has no tables yet: run `taskhub migrate`.\n"

    with ThreadPoolExecutor(REPLICAS) as replicas:
        done = list(replicas.map(lambda _: external.run("migrate"), range(REPLICAS)))
    assert [(one.returncode, one.stderr) for one in done] == [(0, "")] * REPLICAS

    with external.serving() as served:
        served.sign_up("ada@example.com")
    assert not (external.folder / "data").exists()


def test_it_needs_a_secret(external: Installation) -> None:
    del external.settings["TASKHUB_SECRET_KEY"]
    done = external.run("serve")
    assert done.returncode == 1
    assert done.stderr.startswith("taskhub: TASKHUB_SECRET_KEY is required")


def test_one_that_is_away_is_waited_for(new_installation: Callable[..., Installation]) -> None:
    away = new_installation(TASKHUB_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", TASKHUB_SECRET_KEY=uuid4().hex)
    with away.start() as served:
        served.wait_until_it_serves()
        assert served.client.get("/health/live").status_code == 200
        assert served.client.get("/health/ready").json()["code"] == "unavailable"
        assert served.end() == 0


def test_the_doctor_says_that_it_is_away(new_installation: Callable[..., Installation]) -> None:
    away = new_installation(TASKHUB_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", TASKHUB_SECRET_KEY=uuid4().hex)
    done = away.run("doctor")
    assert done.returncode == 1
    assert "fail  database: The database can't be used" in done.stdout


def test_it_is_backed_up_with_its_own_tools(new_installation: Callable[..., Installation]) -> None:
    external = new_installation(TASKHUB_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", TASKHUB_SECRET_KEY=uuid4().hex)
    assert "pg_dump" in external.run("backup", "backup.tar").stderr
