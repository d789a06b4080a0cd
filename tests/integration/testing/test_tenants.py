"""What a test starts from: a workspace of its own, and accounts in it."""

from datetime import timedelta
from typing import Any

import pytest

from taskhub.background import Background
from taskhub.testing import ControlRefused, TaskHubServer, Tenant
from taskhub.testing.control.people import People
from taskhub.users.application.open_session import SignedIn


def test_a_tenant_is_an_empty_workspace_with_an_owner_and_a_project(server: TaskHubServer, tenant: Tenant) -> None:
    workspace = tenant.service.get(f"/v1/workspaces/{tenant.workspace_id}").json()
    assert workspace["role"] == "owner"
    assert [project["key"] for project in tenant.client.get("projects").json()["items"]] == ["TEST"]
    assert tenant.client.get("tasks").json()["items"] == []
    assert tenant.owner is tenant


def test_a_tenant_may_act_by_another_role_in_somebody_elses_workspace(server: TaskHubServer) -> None:
    tenant = server.tenant(role="viewer", project=None)
    assert tenant.client.post("projects", json={"key": "OPS", "name": "Operations"}).status_code == 403
    assert tenant.owner.client.post("projects", json={"key": "OPS", "name": "Operations"}).status_code == 201
    assert tenant.project_id is None


def test_tenants_see_nothing_of_each_other(server: TaskHubServer, tenant: Tenant) -> None:
    other = server.tenant()
    assert other.client_with(tenant.token).get("tasks").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "member", "admin", "owner"])
def test_a_member_has_the_role_that_was_asked_for(tenant: Tenant, role: str) -> None:
    member = tenant.member(role)
    listed = tenant.client.get("members").json()["items"]
    assert {one["user_id"]: one["role"] for one in listed}[member.user_id] == role


def test_an_account_signs_in_with_its_password(tenant: Tenant, server: TaskHubServer) -> None:
    body = {"email": tenant.email, "password": tenant.password}
    assert server.client().post("/v1/sessions", json=body).status_code == 201


def test_a_token_has_the_scope_and_the_workspace_that_were_asked_for(server: TaskHubServer, tenant: Tenant) -> None:
    reader = tenant.client_with(tenant.api_token("read", bound=True))
    assert reader.get("tasks").status_code == 200
    assert reader.post("tasks", json={"project_id": tenant.project_id, "title": "Oil"}).json()["code"] == "insufficient_scope"


def test_a_token_ends_when_it_was_said_to(server: TaskHubServer, tenant: Tenant) -> None:
    short = tenant.client_with(tenant.api_token(lifetime=timedelta(hours=1)))
    assert short.get("tasks").status_code == 200
    server.clock.advance(hours=1)
    assert short.get("tasks").json()["code"] == "token_expired"
    assert tenant.client.get("tasks").status_code == 200, "that of the account itself goes on"


def test_a_tenant_is_made_while_the_clock_is_moved_over_the_end_of_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    open_session, moves = People._open_session, iter([timedelta(days=400)])

    async def overtaken(people: People, user: Any) -> SignedIn:
        """The first session is over, and purged, before it is used."""
        signed_in = await open_session(people, user)
        clock: Any = people._container.clock()
        for step in moves:
            clock.move_to(clock() + step)
            await Background(people._container).purge_once()
        return signed_in

    with TaskHubServer.start("asgi") as server:
        monkeypatch.setattr(People, "_open_session", overtaken)
        assert server.tenant().client.get("tasks").status_code == 200


def test_a_role_that_there_is_not_is_refused(server: TaskHubServer) -> None:
    with pytest.raises(ControlRefused, match="validation_failed"):
        server.tenant(role="emperor")
