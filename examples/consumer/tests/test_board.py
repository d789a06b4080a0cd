"""Ten tests of a program that keeps its work in TaskHub, against the real one."""

from datetime import timedelta

import httpx2
import pytest


def test_a_task_is_done(tenant):
    task = tenant.task(title="Oil the engine")
    tenant.client.patch(f"tasks/{task['key']}", json={"status": "done"}).raise_for_status()
    assert tenant.wait_for("task.updated", entity=task)["changes"]["status"] == ["todo", "done"]


def test_each_test_has_a_workspace_of_its_own(tenant):
    assert tenant.client.get("tasks").json()["items"] == []


def test_two_writers_are_told_apart(tenant):
    path = f"tasks/{tenant.task()['key']}"
    answers = [tenant.client.patch(path, json={"title": title}, headers={"If-Match": '"1"'}) for title in "ab"]
    assert [answer.status_code for answer in answers] == [200, 412]


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("member", 201)])
def test_a_role_may_what_it_may(tenant, role, status):
    body = {"project_id": tenant.project_id, "title": "Oil"}
    assert tenant.member(role).client.post("tasks", json=body).status_code == status


def test_the_trash_is_emptied_after_a_month(tenant, taskhub_clock):
    path = f"tasks/{tenant.task()['key']}"
    tenant.client.delete(path)
    taskhub_clock.advance(timedelta(days=31))
    assert tenant.client.post(f"{path}/restore").status_code == 404


def test_a_session_ends(tenant, taskhub_clock):
    client = tenant.client_with(tenant.sign_in()["token"])
    assert client.get("tasks").status_code == 200
    taskhub_clock.advance(minutes=15)
    assert client.get("tasks").json()["code"] == "token_expired"


def test_a_lost_reply_is_replayed(tenant, taskhub_faults):
    taskhub_faults.lose_reply("create_task")
    send = {"json": {"project_id": tenant.project_id, "title": "Once"}, "headers": {"Idempotency-Key": "k"}}
    with pytest.raises(httpx2.RemoteProtocolError):
        tenant.client.post("tasks", **send)
    assert tenant.client.post("tasks", **send).headers["idempotency-replayed"] == "true"


def test_a_database_that_is_away_is_told(tenant, taskhub_faults):
    with taskhub_faults.database_down():
        assert tenant.client.get("tasks").json()["retry"] == "safe"


def test_those_who_left_are_no_assignees(taskhub, tenant):
    member = tenant.member()
    task = tenant.task(assignee_ids=[member.user_id])
    tenant.client.delete(f"members/{member.user_id}")
    taskhub.settle()
    assert tenant.client.get(f"tasks/{task['key']}").json()["assignee_ids"] == []
