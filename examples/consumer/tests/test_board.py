import httpx2
import pytest


def test_a_task_is_done(tenant):
    task = tenant.task(title="Oil the engine")
    tenant.client.patch(f"tasks/{task['key']}", json={"status": "done"})
    assert tenant.wait_for("task.updated", entity=task)["changes"]["status"] == ["todo", "done"]


@pytest.mark.parametrize("role", ["viewer", "member", "admin", "owner"])
def test_who_may_write(tenant, role):
    answer = tenant.member(role).client.post("tasks", json={"project_id": tenant.project_id, "title": "Oil"})
    assert answer.status_code == (403 if role == "viewer" else 201)


@pytest.mark.parametrize(("days", "status"), [(29, 200), (31, 404)])
def test_the_trash_is_kept_for_a_month(tenant, taskhub_clock, days, status):
    path = f"tasks/{tenant.task()['key']}"
    tenant.client.delete(path)
    taskhub_clock.advance(days=days)
    assert tenant.client.post(f"{path}/restore").status_code == status


def test_a_lost_reply_is_replayed(tenant, taskhub_faults):
    taskhub_faults.lose_reply("create_task")
    send = {"json": {"project_id": tenant.project_id, "title": "Once"}, "headers": {"Idempotency-Key": "k"}}
    with pytest.raises(httpx2.RemoteProtocolError):
        tenant.client.post("tasks", **send)
    assert tenant.client.post("tasks", **send).headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("operation", ["list_tasks", "list_projects"])
def test_what_is_down_is_told(tenant, taskhub_faults, operation):
    taskhub_faults.fail(operation)
    assert tenant.client.get(operation.removeprefix("list_")).json()["retry"] == "safe"
