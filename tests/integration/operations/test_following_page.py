"""The program of the page about following changes, run as it is written there."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.harness.program import Served
from support.harness.waiting import PROGRAM_SECONDS, wait_until

PAGE = Path(__file__).parents[3] / "docs" / "following-changes.md"
(PROGRAM,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


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


def test_the_copy_becomes_what_the_tasks_are_and_goes_on_after_a_kill(served: Served, program: Path) -> None:
    workspace, copy = Workspace(served), program.with_name("copy.json")
    kept = workspace.add_task("Oil the engine")

    def agrees() -> bool:
        return copy.exists() and json.loads(copy.read_text())["tasks"] == workspace.tasks()

    def follow() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, str(program), workspace.url, workspace.token, str(copy)])

    first = follow()
    try:
        wait_until(agrees)
        gone = workspace.add_task("Paint it")
        workspace.rename(kept, "Oil the engine well")
        wait_until(agrees)
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait(PROGRAM_SECONDS)

    workspace.trash(gone)
    workspace.add_task("Clean it")
    second = follow()
    try:
        wait_until(agrees)
    finally:
        second.kill()
        second.wait(PROGRAM_SECONDS)
