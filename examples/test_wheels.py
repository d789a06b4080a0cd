"""The module time_tracking as somebody installs it beside TaskHub: in an environment that has nothing but both wheels.

`.ci/modules` makes the environment. The tests are steps of one story, and build on each other.
"""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from support.harness.program import Installation, Served
from support.harness.waiting import PROGRAM_SECONDS, wait_until
from taskhub.embedded import EmbeddedPostgres

PYTHON = os.environ["INSTALLED_PYTHON"]
WHEEL = os.environ["MODULE_WHEEL"]
SECRET_KEY = "a secret key that only this test knows, long"

PURGE = """
import asyncio
from datetime import timedelta
from taskhub.container import Container
from taskhub.deployment import deployment
from taskhub.settings import read_settings

async def purge(container):
    async with container.database().opened():
        for one in container.purges():
            if one.name in ("trash", "workspaces"):
                await one.remove(container.database(), container.clock()() + timedelta(days=31))

settings = read_settings()
with deployment(settings) as deployed:
    asyncio.run(purge(Container(settings=settings, database_url=deployed.database_url, secret_keys=deployed.secret_keys)))
"""
"""What the service does on its own in a month."""


class Story:
    """A deployment with a database of its own, and what Ada has made in it."""

    def __init__(self, deployed: Installation) -> None:
        self.deployed = deployed
        self.workspace: dict[str, Any] = {}
        self.tasks: list[dict[str, Any]] = []
        self.entry: dict[str, Any] = {}

    def path(self, rest: str) -> str:
        return f"/v1/workspaces/{self.workspace['id']}/{rest}"

    def rows(self) -> int:
        """How many time entries the database has."""
        return asyncio.run(self._rows())

    async def _rows(self) -> int:
        connection = await asyncpg.connect(self.deployed.settings["TASKHUB_DATABASE_URL"].replace("+asyncpg", ""))
        try:
            return int(await connection.fetchval("SELECT count(*) FROM time_entries"))
        finally:
            await connection.close()


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", PYTHON, *arguments]
    subprocess.run(command, timeout=PROGRAM_SECONDS, check=True)


def ask(served: Served, method: str, path: str, body: Any = None) -> Any:
    answer = served.client.request(method, path, json=body)
    assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    """To the service its database is one that somebody else runs, so that it migrates nothing by itself."""
    folder = Path(tempfile.mkdtemp(prefix="taskhub-wheels-"))
    folder.chmod(0o711)  # As root the server runs under another account, which has to reach its data here.
    try:
        with EmbeddedPostgres(folder / "external", durable=False).running() as address:
            settings = {
                "TASKHUB_DATABASE_URL": address.url(),
                "TASKHUB_SECRET_KEY": "a secret key that only this test knows, long",
            }
            yield Story(Installation(folder, settings=settings, program=(PYTHON, "-m", "taskhub")))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_taskhub_serves_without_the_module(story: Story) -> None:
    done = story.deployed.run("migrate")
    assert done.returncode == 0, done.stderr
    with story.deployed.serving() as served:
        served.sign_up("ada@example.com")
        assert served.sign_in("ada@example.com")
        story.workspace = ask(served, "POST", "/v1/workspaces", {"name": "Engine room"})
        project = ask(served, "POST", story.path("projects"), {"key": "OPS", "name": "Operations"})
        for title in ("Oil the engine", "Paint the hull"):
            body = {"project_id": project["id"], "title": title}
            story.tasks.append(ask(served, "POST", story.path("tasks"), body))
        assert served.client.get(story.path("time_entries")).status_code == 404


def test_the_service_does_not_start_before_the_tables_of_the_module_are_there(story: Story) -> None:
    pip("install", "--no-deps", WHEEL)
    refused = story.deployed.run("serve")
    assert (refused.returncode, refused.stderr) == (
        1,
        "taskhub: The database has no tables of the module time_tracking yet: run `taskhub migrate`.\n",
    )
    migrated = story.deployed.run("migrate")
    assert migrated.returncode == 0, migrated.stderr
    assert "time_tracking_0001" in migrated.stdout


def test_the_reference_and_the_problem_pages_have_the_module(story: Story) -> None:
    with story.deployed.serving() as served:
        document = ask(served, "GET", "/openapi.json")
        assert "/v1/workspaces/{workspace_id}/time_entries/{time_entry_id}/stop" in document["paths"]
        assert "Time entries" in {tag["name"] for tag in document["tags"]}
        assert "time_entry.started" in document["info"]["description"]
        page = served.client.get("/problems/time_entry_running", headers={"accept": "text/html"})
        assert (page.status_code, "Stop it first" in page.text) == (200, True)


def test_closing_a_task_stops_its_time(story: Story) -> None:
    with story.deployed.serving() as served:
        assert served.sign_in("ada@example.com")
        story.entry = ask(served, "POST", story.path("time_entries"), {"task_id": "OPS-1"})
        ask(served, "PATCH", story.path("tasks/OPS-1"), {"status": "done"})
        place = story.path(f"time_entries/{story.entry['id']}")
        wait_until(lambda: ask(served, "GET", place)["stopped_at"] is not None)
        story.entry = ask(served, "GET", place)
        report = ask(served, "GET", story.path("time_reports/tasks"))["items"]
        assert [(row["task_id"], row["entries"]) for row in report] == [(story.tasks[0]["id"], 1)]


def test_the_service_goes_on_without_the_module_and_keeps_its_tables(story: Story) -> None:
    pip("uninstall", "--yes", "taskhub-time-tracking")
    with story.deployed.serving() as served:
        assert served.sign_in("ada@example.com")
        assert ask(served, "GET", story.path("tasks/OPS-1"))["status"] == "done"
        assert served.client.get(story.path("time_entries")).status_code == 404
        assert story.rows() == 1
    told = story.deployed.run("doctor")
    assert "time_tracking (at time_tracking_0001)" in told.stdout
    assert "fail  schema" not in told.stdout


def test_installed_again_it_has_all_that_it_had(story: Story) -> None:
    pip("install", "--no-deps", WHEEL)
    with story.deployed.serving() as served:
        assert served.sign_in("ada@example.com")
        assert ask(served, "GET", story.path("time_entries"))["items"] == [story.entry]


def test_a_purged_task_and_a_purged_workspace_leave_none_behind(story: Story) -> None:
    with story.deployed.serving() as served:
        assert served.sign_in("ada@example.com")
        ask(served, "POST", story.path("time_entries"), {"task_id": "OPS-2"})
        ask(served, "DELETE", story.path("tasks/OPS-1"))
        _purge(story)
        wait_until(lambda: story.rows() == 1)
        assert ask(served, "GET", story.path("time_entries"))["items"][0]["task_id"] == story.tasks[1]["id"]
        ask(served, "DELETE", f"/v1/workspaces/{story.workspace['id']}")
        _purge(story)
        wait_until(lambda: story.rows() == 0)


def _purge(story: Story) -> None:
    subprocess.run([PYTHON, "-c", PURGE], env=story.deployed.environment(), timeout=PROGRAM_SECONDS, check=True)


def test_a_module_for_another_major_version_of_the_api_stops_the_start(story: Story) -> None:
    (file,) = Path(PYTHON).parents[1].glob("lib/*/site-packages/taskhub_time_tracking/module.py")
    written = file.read_text("utf-8")
    newer = re.sub(r"api=\(1, \d+\)", "api=(2, 0)", written)
    assert newer != written
    file.write_text(newer, "utf-8")
    refused = story.deployed.run("serve")
    file.write_text(written, "utf-8")
    assert refused.returncode == 1
    assert refused.stderr.startswith("taskhub: The module time_tracking was written for ")
    assert "version 2.0 of the module API" in refused.stderr
    assert refused.stderr.count("\n") == 1
