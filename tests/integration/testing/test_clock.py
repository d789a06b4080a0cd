"""The service's one clock, moved: what is over then is over."""

from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest

from taskhub.testing import TaskHubServer, Tenant


@pytest.fixture(scope="module")
def limited() -> Iterator[TaskHubServer]:
    with TaskHubServer.start("asgi", settings={"rate_limits": "on", "limit_writes_per_user": 2}) as server:
        yield server


def attempt(tenant: Tenant, key: str) -> httpx2.Response:
    body = {"project_id": tenant.project_id, "title": "Oil"}
    return tenant.client.post("tasks", json=body, headers={"Idempotency-Key": key})


def test_it_goes_forward_by_what_was_said(server: TaskHubServer) -> None:
    before = server.clock.now()
    after = server.clock.advance(days=1)
    assert timedelta(days=1) <= after - before < timedelta(days=1, minutes=5)


def test_it_never_goes_back(server: TaskHubServer) -> None:
    with pytest.raises(ValueError, match="forward only"):
        server.clock.advance(seconds=-1)


def test_frozen_it_stands_still_until_it_is_moved(server: TaskHubServer, tenant: Tenant) -> None:
    frozen = server.clock.freeze()
    assert [task["created_at"] for task in (tenant.task(), tenant.task())] == [frozen.isoformat().replace("+00:00", "Z")] * 2
    assert server.clock.advance(seconds=90) == frozen + timedelta(seconds=90) == server.clock.now()
    assert server.clock.resume() >= frozen + timedelta(seconds=90)


def test_a_session_ends(server: TaskHubServer, tenant: Tenant) -> None:
    session = tenant.sign_in()
    client = tenant.client_with(session["token"])
    assert client.get("tasks").status_code == 200
    server.clock.advance(minutes=15)
    assert client.get("tasks").json()["code"] == "token_expired"
    renewed = server.client().post("/v1/sessions/refresh", json={"refresh_token": session["refresh_token"]})
    assert tenant.client_with(renewed.json()["access_token"]).get("tasks").status_code == 200
    server.clock.advance(days=31)
    again = server.client().post("/v1/sessions/refresh", json={"refresh_token": renewed.json()["refresh_token"]})
    assert again.status_code == 401


def test_the_trash_is_purged(server: TaskHubServer, tenant: Tenant) -> None:
    path = f"tasks/{tenant.task()['key']}"
    tenant.client.delete(path).raise_for_status()
    server.clock.advance(days=29)
    assert tenant.client.post(f"{path}/restore").status_code == 200
    tenant.client.delete(path).raise_for_status()
    server.clock.advance(days=31)
    assert tenant.client.post(f"{path}/restore").status_code == 404
    assert tenant.wait_for("task.purged", timeout=0)


def test_a_workspace_is_purged_with_all_that_modules_have_of_it(server: TaskHubServer, tenant: Tenant) -> None:
    tenant.task()
    tenant.service.delete(f"/v1/workspaces/{tenant.workspace_id}").raise_for_status()
    server.clock.advance(days=31)
    assert tenant.wait_for("workspace.purged", timeout=0)
    server.settle()


def test_a_key_is_over_after_a_day(server: TaskHubServer, tenant: Tenant) -> None:
    first, again = attempt(tenant, "k"), attempt(tenant, "k")
    assert first.json()["id"] == again.json()["id"]
    server.clock.advance(hours=25)
    assert attempt(tenant, "k").json()["id"] != first.json()["id"]


def test_an_invitation_is_over(server: TaskHubServer, tenant: Tenant) -> None:
    token = tenant.client.post("invitations", json={"role": "member"}).json()["token"]
    server.clock.advance(days=8)
    guest = server.tenant()
    assert guest.service.post("/v1/invitations/accept", json={"token": token}).status_code == 404


def test_a_lost_role_is_not_remembered_over_a_step(server: TaskHubServer, tenant: Tenant) -> None:
    member = tenant.member("admin")
    assert member.client.get("tasks").status_code == 200
    server.clock.freeze()
    server.clock.advance(seconds=2)
    server.clock.resume()
    tenant.client.patch(f"members/{member.user_id}", json={"role": "viewer"}).raise_for_status()
    assert member.client.post("tasks", json={"project_id": tenant.project_id, "title": "Oil"}).status_code == 403


def test_a_minute_of_its_time_is_a_minute_of_the_limits(limited: TaskHubServer) -> None:
    tenant = limited.tenant()
    limited.clock.freeze()
    tenant.task()
    tenant.task()
    refused = tenant.client.post("tasks", json={"project_id": tenant.project_id, "title": "Oil"})
    assert refused.status_code == 429
    limited.clock.advance(seconds=int(refused.headers["retry-after"]))
    tenant.task()
