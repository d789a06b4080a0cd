"""The control interface: documented like the rest, behind its secret, and nowhere else."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from taskhub.testing import TaskHubServer
from taskhub.testing.control.routes import ROUTES

PRIVATE = [one for one in ROUTES.operations if not one.is_public]


@pytest.fixture
def control(server: TaskHubServer) -> httpx2.Client:
    """Nobody's client: it does not know the secret."""
    return server.client(base=server.control_url)


@pytest.fixture
def document(control: httpx2.Client) -> dict[str, Any]:
    answer = control.get("/openapi.json")
    assert answer.status_code == 200
    described: dict[str, Any] = answer.json()
    return described


@pytest.mark.parametrize("operation", PRIVATE, ids=lambda one: str(one.operation_id))
@pytest.mark.parametrize(("headers", "code"), [({}, "not_authenticated"), ({"authorization": "Bearer wrong"}, "invalid_token")])
def test_nothing_is_done_without_the_secret(control: httpx2.Client, operation: Any, headers: dict[str, str], code: str) -> None:
    path = operation.path.format_map(
        dict.fromkeys(("workspace_id", "user_id", "fault_id", "type"), "018f7a52-7c3e-7d6a-9f10-3c2b1a0d9e8f")
    )
    body: dict[str, Any] | None = {} if operation.takes_body else None
    answer = control.request(operation.method, path, json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["content-type"] == "application/problem+json"


def test_it_says_where_the_service_is_and_what_it_is(control: httpx2.Client, server: TaskHubServer) -> None:
    told = control.get("/").json()
    assert told["url"] == server.url
    assert "for tests" in told["warning"]


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(one.method, one.path) for one in ROUTES.operations}
    assert document["info"]["title"] == "TaskHub testing control"
    assert [tag["name"] for tag in document["tags"]] == ["Testing"]


def test_what_is_described_is_what_can_happen(document: dict[str, Any]) -> None:
    waiting = document["paths"]["/workspaces/{workspace_id}/events/{type}"]["get"]
    assert set(waiting["responses"]) == {"200", "400", "401", "404", "406", "409", "422", "503"}
    assert "RateLimit" not in waiting["responses"]["200"]["headers"]
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["summary"]


def test_its_examples_can_be_sent(server: TaskHubServer, document: dict[str, Any]) -> None:
    client = server.client(server.secret, base=server.control_url)
    for path, methods in document["paths"].items():
        if "post" in methods and "{" not in path and "requestBody" in methods["post"]:
            example = methods["post"]["requestBody"]["content"]["application/json"]["example"]
            answer = client.post(path, json=example)
            assert answer.is_success, (path, example, answer.text)
    client.delete("/faults").raise_for_status()


@pytest.mark.parametrize("path", sorted({one.path for one in PRIVATE}))
def test_the_service_itself_has_none_of_it(server: TaskHubServer, path: str) -> None:
    client = server.client(server.secret)
    assert client.post(path.replace("{", "").replace("}", ""), json={}).json()["code"] in ("not_found", "invalid_token")


def test_a_normal_start_takes_none_of_its_options(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "taskhub", "serve"],
        env={"PATH": "", "TASKHUB_TESTING_SECRET": "x", "TASKHUB_PORT": "0", "TASKHUB_DATA_DIR": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "TASKHUB_TESTING_SECRET is not a setting of TaskHub" in done.stderr
