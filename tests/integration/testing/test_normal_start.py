"""A service that runs, and was started without `--testing`, has nothing of the control interface."""

import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from support.harness.program import Installation, Served
from taskhub.kernel.api.operations import Operation
from taskhub.testing.cluster import throwaway_database
from taskhub.testing.control.routes import ROUTES

LISTENING = "0A"
PRIVATE = [one for one in ROUTES.operations if not one.is_public]


@pytest.fixture(scope="module")
def served(own_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """It writes down what it imports."""
    with throwaway_database(own_cache, uuid4().hex) as url:
        settings = {"TASKHUB_DATABASE_URL": url, "TASKHUB_SECRET_KEY": uuid4().hex}
        program = (sys.executable, "-X", "importtime", "-m", "taskhub")
        with Installation(tmp_path_factory.mktemp("service"), settings=settings, program=program).serving() as served:
            yield served


@pytest.mark.parametrize("operation", PRIVATE, ids=lambda one: one.operation_id)
def test_it_knows_none_of_its_paths(served: Served, operation: Operation) -> None:
    path = operation.path.replace("{", "").replace("}", "")
    answer = served.client.request(operation.method, path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists the sockets of a process as files")
def test_it_listens_on_one_port(served: Served) -> None:
    assert ports_of(served.process.pid) == [served.client.base_url.port]


def test_it_has_imported_none_of_it(served: Served) -> None:
    lines = [line.split("|") for line in served.log.splitlines() if line.startswith("import time:")]
    imported = {parts[2].strip() for parts in lines}
    assert "taskhub.app" in imported
    assert {name for name in imported if name.startswith("taskhub.testing")} == set()


def ports_of(pid: int) -> list[int]:
    """Where a process listens."""
    links = {str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir()}
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text("utf-8").splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == LISTENING and f"socket:[{rest[5]}]" in links:
                found.append(int(local.rpartition(":")[2], 16))
    return found
