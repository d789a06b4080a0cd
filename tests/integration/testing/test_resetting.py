"""An empty service again."""

from datetime import UTC, datetime, timedelta

from taskhub.testing import TaskHubServer


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
