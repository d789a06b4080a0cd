"""The control interface: documented like the rest, behind its secret, and nowhere else."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from taskhub.testing import TaskHubServer, Tenant
from taskhub.testing.control.routes import ROUTES

UNKNOWN = "018f7a52-7c3e-7d6a-9f10-3c2b1a0d9e8f"
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


@pytest.mark.parametrize("operation", PRIVATE, ids=lambda one: one.operation_id)
@pytest.mark.parametrize(("headers", "code"), [({}, "not_authenticated"), ({"authorization": "Bearer wrong"}, "invalid_token")])
def test_nothing_is_done_without_the_secret(control: httpx2.Client, operation: Any, headers: dict[str, str], code: str) -> None:
    path = operation.path.format_map(dict.fromkeys(("workspace_id", "user_id", "fault_id", "type"), UNKNOWN))
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


EVENTS = "/workspaces/{workspace_id}/events/task.created?timeout=0"
TOKENS = "/users/{user_id}/tokens"
WRONG: dict[str, tuple[str, str, Any, str]] = {
    "no JSON": ("POST", "/tenants", b"{", "malformed_json"),
    "no object": ("POST", "/settle", [], "validation_failed"),
    "unknown member": ("POST", "/tenants", {"name": "x"}, "/name unknown_member"),
    "unknown role": ("POST", "/tenants", {"role": "king"}, "/role not_one_of"),
    "malformed key": ("POST", "/tenants", {"project": "test"}, "/project wrong_format"),
    "unknown workspace": ("POST", f"/workspaces/{UNKNOWN}/members", {}, "not_found: There is no such workspace."),
    "malformed workspace": ("POST", "/workspaces/x/members", {}, "not_found"),
    "unknown user": ("POST", f"/users/{UNKNOWN}/sessions", None, "not_found: There is no such user."),
    "token of an unknown user": ("POST", f"/users/{UNKNOWN}/tokens", {}, "not_found: There is no such user."),
    "unknown scope": ("POST", TOKENS, {"scope": "root"}, "/scope not_one_of"),
    "no time": ("POST", TOKENS, {"lifetime_seconds": 1e-9}, "/lifetime_seconds too_small"),
    "more time than there is": ("POST", TOKENS, {"lifetime_seconds": 1e300}, "/lifetime_seconds too_large"),
    "time as text": ("POST", TOKENS, {"lifetime_seconds": "60"}, "/lifetime_seconds wrong_type"),
    "token for an unknown workspace": ("POST", TOKENS, {"workspace_id": UNKNOWN}, "/workspace_id unknown_reference"),
    "negative time-out": ("POST", "/settle", {"timeout": -1}, "/timeout too_small"),
    "endless time-out": ("POST", "/settle", {"timeout": 1e400}, "/timeout too_large"),
    "time-out as text": ("POST", "/settle", {"timeout": "10"}, "/timeout wrong_type"),
    "time-out as truth": ("POST", "/settle", {"timeout": True}, "/timeout wrong_type"),
    "body that is not taken": ("POST", "/purges", {"timeout": 1}, " unexpected_body"),
    "backwards": ("POST", "/clock/advance", {"seconds": -1}, "/seconds too_small"),
    "too far at once": ("POST", "/clock/advance", {"seconds": 1e300}, "/seconds too_large"),
    "no step": ("POST", "/clock/advance", {}, "/seconds missing"),
    "unknown kind": ("POST", "/faults", {"kind": "x"}, "/kind not_one_of"),
    "never": ("POST", "/faults", {"kind": "fail", "times": 0}, "/times too_small"),
    "more often than counted": ("POST", "/faults", {"kind": "fail", "times": 10**30}, "/times too_large"),
    "empty code": ("POST", "/faults", {"kind": "fail", "code": ""}, "/code unknown_reference"),
    "no operation": ("POST", "/faults", {"kind": "fail", "operation_id": ""}, "/operation_id unknown_reference"),
    "unknown fault": ("DELETE", f"/faults/{UNKNOWN}", None, "not_found: There is no such fault."),
    "faults of no workspace": ("DELETE", "/faults?workspace=x", None, "workspace wrong_format"),
    "no number": ("GET", EVENTS.replace("=0", "=nan"), None, "timeout wrong_format"),
    "number of Python": ("GET", EVENTS.replace("=0", "=1_0"), None, "timeout wrong_format"),
    "place of Python": ("GET", f"{EVENTS}&after=%2B1", None, "after wrong_format"),
    "place before the log": ("GET", f"{EVENTS}&after=-1", None, "after too_small"),
    "place that no log has": ("GET", f"{EVENTS}&after={10**30}", None, "after wrong_format"),
    "unknown parameter": ("GET", f"{EVENTS}&since=1", None, "since unknown_parameter"),
    "malformed entity": ("GET", f"{EVENTS}&entity=x", None, "entity wrong_format"),
    "unknown type": ("GET", EVENTS.replace("task.created", "%00"), None, "unknown_reference"),
    "unknown path": ("GET", "/nothing", None, "not_found"),
    "wrong method": ("GET", "/reset", None, "method_not_allowed"),
}
"""Each with its code, and what is told with it, or where and what the error is."""


@pytest.mark.parametrize("case", WRONG)
def test_whatever_is_wrong_is_a_problem_that_says_what(server: TaskHubServer, tenant: Tenant, case: str) -> None:
    method, path, body, expected = WRONG[case]
    sent = body if isinstance(body, bytes) else None if body is None else json.dumps(body).replace("Infinity", "1e400").encode()
    answer = server.client(server.secret, base=server.control_url).request(
        method,
        path.format(workspace_id=tenant.workspace_id, user_id=tenant.user_id),
        content=sent,
        headers={} if sent is None else {"content-type": "application/json"},
    )
    problem = answer.json()
    told = {problem["code"], f"{problem['code']}: {problem['detail']}"}
    told |= {f"{error.get('pointer', error.get('parameter'))} {error['code']}" for error in problem.get("errors", ())}
    assert expected in told, problem
    assert (answer.headers["content-type"], answer.status_code // 100) == ("application/problem+json", 4)


def test_the_clock_ends_before_the_calendar_does(server: TaskHubServer) -> None:
    client = server.client(server.secret, base=server.control_url)
    try:
        for _ in range(70):
            answer = client.post("/clock/advance", json={"seconds": 100 * 366 * 86400, "timeout": 60})
        assert answer.json()["errors"][0]["message"] == "The clock can't be moved beyond the year 9000."
        tenant = server.tenant()
        assert tenant.task()["created_at"] > "8900"
        assert tenant.client_with(tenant.sign_in()["token"]).get("tasks").status_code == 200
        server.settle(timeout=60)
    finally:
        server.reset()


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
