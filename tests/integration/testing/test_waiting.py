"""Waiting for what the service does, without sleeping."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from support.harness.waiting import PROGRAM_SECONDS
from taskhub.testing import ControlRefused, EventNotSeen, TaskHubServer, Tenant


def test_what_has_happened_is_found_at_once(tenant: Tenant) -> None:
    task = tenant.task()
    event = tenant.wait_for("task.created", entity=task)
    assert (event["entity_id"], event["snapshot"]["title"], event["actor_id"]) == (task["id"], "A task", tenant.user_id)


def test_what_happens_later_is_waited_for(tenant: Tenant) -> None:
    task = tenant.task()
    with ThreadPoolExecutor() as thread:
        waiting = thread.submit(tenant.wait_for, "task.updated", entity=task["id"], timeout=60)
        tenant.client.patch(f"tasks/{task['key']}", json={"title": "Oil"}).raise_for_status()
        assert waiting.result(PROGRAM_SECONDS)["changes"]["title"] == ["A task", "Oil"]


def test_only_what_comes_after_a_place_counts(tenant: Tenant) -> None:
    tenant.task(title="first")
    first = tenant.wait_for("task.created")
    second = tenant.task(title="second")
    assert tenant.wait_for("task.created", after=first)["entity_id"] == second["id"]


def test_an_event_that_does_not_come_is_told_with_those_that_did(tenant: Tenant) -> None:
    task = tenant.task()
    with pytest.raises(EventNotSeen, match=r"No task\.updated was appended in time") as told:
        tenant.wait_for("task.updated", timeout=0)
    assert told.value.seen[0].endswith(f"task.created of {task['id']}")


def test_a_type_that_there_is_not_is_not_waited_for(tenant: Tenant) -> None:
    with pytest.raises(ControlRefused, match=r"No event is of this type\. Known are: .*task\.created"):
        tenant.wait_for("task.finished")


def test_when_all_is_settled_subscribers_have_done_their_work(server: TaskHubServer, tenant: Tenant) -> None:
    member = tenant.member()
    task = tenant.task(assignee_ids=[member.user_id])
    tenant.client.delete(f"members/{member.user_id}").raise_for_status()
    server.settle()
    assert tenant.client.get(f"tasks/{task['key']}").json()["assignee_ids"] == []
