"""An empty service again."""

from datetime import UTC, datetime, timedelta

import pytest

from taskhub.testing import TaskHubServer
from taskhub.testing.control import reset


def test_nothing_is_left(server: TaskHubServer) -> None:
    tenant = server.tenant()
    tenant.task()
    tenant.faults.fail("create_task")
    assert tenant.client.get("tasks").status_code == 200
    server.clock.advance(days=400)

    server.reset()

    assert tenant.client.get("tasks").status_code == 401, "what the process remembered is gone as well"
    assert server.faults.active() == []
    assert abs(server.clock.now() - datetime.now(UTC)) < timedelta(minutes=5)
    assert server.tenant().client.get("tasks").json()["items"] == []


def test_purges_run_when_they_are_asked_to(server: TaskHubServer) -> None:
    assert set(server.run_purges()) >= {"trash", "workspaces", "invitations"}


@pytest.mark.parametrize("most", [-1, reset.MAX_BYTES_TO_DELETE], ids=["much", "little"])
def test_much_is_removed_as_well_as_little(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(reset, "MAX_BYTES_TO_DELETE", most)
    with TaskHubServer.start("asgi") as server:
        tenant = server.tenant()
        tenant.task()
        server.reset()
        body = {"email": tenant.email, "password": tenant.password}
        assert server.client().post("/v1/sessions", json=body).status_code == 401
        again = server.client().post("/v1/users", json={**body, "name": "Ada"})
        assert again.status_code == 201, "the address is free"
