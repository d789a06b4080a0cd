"""Faults that a test asks for, for itself alone."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from taskhub.testing import ControlRefused, TaskHubServer, Tenant


def attempt(tenant: Tenant, **headers: str) -> httpx2.Response:
    return tenant.client.post("tasks", json={"project_id": tenant.project_id, "title": "Oil"}, headers=headers)


def titles(tenant: Tenant) -> list[str]:
    return [task["title"] for task in tenant.client.get("tasks").json()["items"]]


def test_an_operation_fails_as_often_as_was_said_and_does_nothing(tenant: Tenant) -> None:
    tenant.faults.fail("create_task", times=2)
    refused = [attempt(tenant), attempt(tenant)]
    assert [answer.json()["code"] for answer in refused] == ["unavailable"] * 2
    assert refused[0].headers["retry-after"] == "1"
    assert refused[0].headers["content-type"] == "application/problem+json"
    assert attempt(tenant).status_code == 201
    assert titles(tenant) == ["Oil"]


def test_two_failures_of_one_operation_come_one_after_the_other(tenant: Tenant) -> None:
    tenant.faults.fail("create_task", code="busy")
    tenant.faults.fail("create_task", code="unavailable")
    assert [attempt(tenant).json().get("code") for _ in range(3)] == ["busy", "unavailable", None]


def test_of_many_requests_at_once_as_many_fail_as_was_said(server: TaskHubServer, tenant: Tenant) -> None:
    tenant.faults.fail("get_me", times=1)
    token = tenant.sign_in()["token"]  # Nobody remembers whose it is, so each request has to look for its caller.
    with ThreadPoolExecutor(10) as pool, server.client(token) as client:
        codes = list(pool.map(lambda _: client.get("/v1/users/me").status_code, range(10)))
    assert sorted(codes) == [200] * 9 + [503]
    assert tenant.service.get("/v1/users/me").status_code == 200


def test_it_may_fail_after_its_work_was_done(tenant: Tenant) -> None:
    tenant.faults.fail("create_task", code="outcome_unknown", after_commit=True)
    refused = attempt(tenant, **{"Idempotency-Key": "k"}).json()
    assert (refused["code"], refused["retry"]) == ("outcome_unknown", "same_key")
    assert attempt(tenant, **{"Idempotency-Key": "k"}).headers["idempotency-replayed"] == "true"
    assert titles(tenant) == ["Oil"]


def test_what_was_refused_anyway_does_not_count_as_committed(tenant: Tenant) -> None:
    tenant.faults.fail("create_task", after_commit=True)
    assert tenant.client.post("tasks", json={}).status_code == 422
    assert attempt(tenant).status_code == 503
    assert titles(tenant) == ["Oil"]


def test_a_reply_is_lost_and_the_work_is_done(tenant: Tenant) -> None:
    tenant.faults.lose_reply("create_task")
    with pytest.raises(httpx2.RemoteProtocolError):
        attempt(tenant)
    assert titles(tenant) == ["Oil"]


def test_an_operation_is_late(tenant: Tenant) -> None:
    tenant.faults.delay("list_tasks", 0.3, times=1)
    began = time.monotonic()
    titles(tenant)
    assert time.monotonic() - began >= 0.3


def test_who_gives_up_waiting_has_asked_nevertheless(tenant: Tenant) -> None:
    tenant.faults.delay("create_task", 1, times=1)
    with pytest.raises(httpx2.ReadTimeout):
        tenant.client.post("tasks", json={"project_id": tenant.project_id, "title": "Oil"}, timeout=httpx2.Timeout(30, read=0.05))
    tenant.wait_for("task.created", timeout=60)
    assert titles(tenant) == ["Oil"]


def test_the_database_is_away_for_as_long_as_was_said(tenant: Tenant) -> None:
    with tenant.faults.database_down():
        answers = [tenant.client.get("tasks"), attempt(tenant), tenant.service.get("/v1/users/me")]
        assert [answer.json()["code"] for answer in answers] == ["unavailable"] * 3
    assert attempt(tenant).status_code == 201


@pytest.mark.parametrize("limited", [{"operation_id": "list_tasks"}, {"times": 1}], ids=["one operation", "once"])
def test_a_database_may_be_away_for_some_requests_of_everybody(
    server: TaskHubServer, tenant: Tenant, limited: dict[str, Any]
) -> None:
    server.client(server.secret, base=server.control_url).post("/faults", json={"kind": "database_down", **limited})
    assert tenant.client.get("tasks").json()["code"] == "unavailable"
    assert tenant.client.get("projects").status_code == 200
    server.faults.clear()


def test_neighbours_do_not_meet(server: TaskHubServer, tenant: Tenant) -> None:
    other = server.tenant()
    tenant.faults.fail("create_task", times=None)
    tenant.faults.fail("get_me", times=None)
    with tenant.faults.database_down():
        assert attempt(other).status_code == 201
        assert other.service.get("/v1/users/me").status_code == 200
    other.faults.clear()
    assert attempt(tenant).status_code == 503, "whoever clears, clears their own"
    tenant.faults.clear()
    assert attempt(tenant).status_code == 201


def test_those_of_the_server_are_everybodys(server: TaskHubServer, tenant: Tenant) -> None:
    id = server.faults.fail("get_service", code="busy")
    assert server.client().get("/v1").json()["code"] == "busy"
    assert next(one for one in server.faults.active() if one["id"] == id)["hits"] == 1
    with server.faults.database_down():
        assert attempt(tenant).status_code == 503
    server.faults.clear()


def test_the_id_of_a_workspace_may_be_spelt_in_capitals(server: TaskHubServer, tenant: Tenant) -> None:
    tenant.faults.fail("list_tasks", times=None)
    assert tenant.service.get(f"/v1/workspaces/{tenant.workspace_id.upper()}/tasks").status_code == 503


def test_the_control_interface_works_while_the_database_is_away(server: TaskHubServer, tenant: Tenant) -> None:
    task = tenant.task()
    with server.faults.database_down():
        assert tenant.client.get("tasks").json()["code"] == "unavailable"
        assert tenant.wait_for("task.created", entity=task, timeout=0)
        other = server.tenant()
        assert other.member("viewer").role == "viewer"
        assert other.sign_in()["token"]
        server.settle()
        server.clock.advance(seconds=1)
        assert "trash" in server.run_purges()
    assert other.client.get("tasks").status_code == 200
    with server.faults.database_down():
        server.reset()
    assert server.tenant().client.get("tasks").status_code == 200, "faults end with a reset"


NEVER: dict[str, tuple[dict[str, Any], str, str]] = {
    "what nobody's token is sent with": (
        {"operation_id": "create_session"},
        "/operation_id",
        "nobody knows whose request it is. Leave out `workspace_id` and `user_id` (in Python: `taskhub.faults`",
    ),
    "a user for what is about a workspace": (
        {"operation_id": "create_task", "workspace_id": None},
        "/workspace_id",
        "`create_task` is about a workspace: say which one.",
    ),
    "a workspace for what is about none": (
        {"operation_id": "get_me", "user_id": None},
        "/user_id",
        "`get_me` is about no workspace: say which user calls it.",
    ),
    "a delay of nothing": ({"kind": "delay"}, "/seconds", "Say by how many seconds."),
    "a pause before a failure": ({"seconds": 1}, "/seconds", "This is for faults of the kind `delay`."),
    "a code for a lost reply": ({"kind": "lose_reply", "code": "busy"}, "/code", "This is for faults of the kind `fail`."),
    "a late delay": (
        {"kind": "delay", "seconds": 1, "after_commit": True},
        "/after_commit",
        "This is for faults of the kind `fail`.",
    ),
}


@pytest.mark.parametrize("case", NEVER)
def test_what_could_never_happen_is_refused_with_advice(server: TaskHubServer, tenant: Tenant, case: str) -> None:
    changed, pointer, advice = NEVER[case]
    asked = {"kind": "fail", "workspace_id": tenant.workspace_id, "user_id": tenant.user_id, **changed}
    refused = server.client(server.secret, base=server.control_url).post("/faults", json=asked)
    assert (refused.status_code, [error["pointer"] for error in refused.json()["errors"]]) == (422, [pointer])
    assert advice in refused.json()["errors"][0]["message"]
    assert server.faults.active() == []


def test_the_advice_reaches_whoever_uses_the_python_classes(server: TaskHubServer, tenant: Tenant) -> None:
    with pytest.raises(ControlRefused, match=r"`taskhub\.faults`, not `tenant\.faults`"):
        tenant.faults.fail("create_session")
    id = server.faults.fail("create_session")
    assert server.client().post("/v1/sessions", json={"email": tenant.email, "password": "x"}).status_code == 503
    server.faults.end(id)


def test_operations_and_codes_that_there_are_not_are_refused_with_those_that_there_are(tenant: Tenant) -> None:
    with pytest.raises(ControlRefused, match=r"There is no such operation\. Known are: .*create_task"):
        tenant.faults.fail("make_task")
    with pytest.raises(ControlRefused, match=r"There is no such problem\. Known are: .*unavailable"):
        tenant.faults.fail("create_task", code="broken")
