"""The commands of the client, run in this process against a real service."""

import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from taskhub.cli.main import main
from taskhub.client import sign_in
from taskhub.testing import TaskHubServer

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def server() -> Iterator[TaskHubServer]:
    with TaskHubServer.start("process") as server:
        yield server


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def taskhub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command as a user does who has never used it before. ``feed``: its standard input."""
    monkeypatch.setattr(sign_in, "path", lambda: tmp_path / "config" / "client.json")
    for name in ("TASKHUB_URL", "TASKHUB_TOKEN", "TASKHUB_WORKSPACE", "TASKHUB_PROJECT"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, feed: str = "") -> Said:
        monkeypatch.setattr(sys, "argv", ["taskhub", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(feed))
        capsys.readouterr()
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        else:
            code = 0
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return run


@dataclass(frozen=True)
class Account:
    """Somebody with a workspace and a project OPS, and a client that does what they do elsewhere."""

    email: str
    workspace_id: str
    client: httpx2.Client

    def get(self, path: str, **parameters: Any) -> Any:
        answer = self.client.get(f"/v1/workspaces/{self.workspace_id}/{path}", params=parameters)
        assert answer.is_success, answer.text
        return answer.json()

    def send(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.client.request(method, f"/v1/workspaces/{self.workspace_id}/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


@pytest.fixture
def ada(server: TaskHubServer) -> Iterator[Account]:
    email = f"{uuid4().hex}@example.com"
    with httpx2.Client(base_url=server.url, trust_env=False, timeout=30) as client:
        body = {"email": email, "name": "Ada", "password": PASSWORD, "time_zone": "Europe/Berlin"}
        client.post("/v1/users", json=body).raise_for_status()
        session = client.post("/v1/sessions", json={"email": email, "password": PASSWORD}).raise_for_status().json()
        client.headers["authorization"] = f"Bearer {session['access_token']}"
        workspace = client.post("/v1/workspaces", json={"name": "Engine room"}).raise_for_status().json()
        account = Account(email, workspace["id"], client)
        account.send("POST", "projects", {"key": "OPS", "name": "Operations"})
        yield account


@pytest.fixture
def signed_in(server: TaskHubServer, ada: Account, taskhub: Run) -> Account:
    """Ada, who has signed in on this computer and chosen her project."""
    assert taskhub("login", server.url, "--email", ada.email, feed=f"{PASSWORD}\n").code == 0
    assert taskhub("use", ada.workspace_id, "OPS").code == 0
    return ada
