"""Waiting for what the service does, without sleeping."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from support.harness.waiting import PROGRAM_SECONDS
from taskhub.tasks.application.background.release_former_member import ReleaseFormerMember
from taskhub.testing import ControlRefused, EventNotSeen, NotSettled, TaskHubServer, Tenant
from taskhub.testing.control import timed_call
from taskhub.users.infrastructure.last_use import LastUse


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


def test_it_is_told_where_the_log_ends_if_nothing_follows(server: TaskHubServer, tenant: Tenant) -> None:
    with pytest.raises(EventNotSeen, match=r"the log ends at \d+\."):
        tenant.wait_for("task.created", after=1_000_000, timeout=0)
    client = server.client(server.secret, base=server.control_url)
    answer = client.get(f"/workspaces/{uuid4()}/events/task.created?timeout=0")
    assert (answer.status_code, answer.json()["code"]) == (409, "event_not_seen")
    assert "there is no such workspace" in answer.json()["detail"]


def test_who_waited_in_vain_is_told_how_the_log_of_the_server_ends(tenant: Tenant, server: TaskHubServer) -> None:
    with pytest.raises(EventNotSeen) as told:
        tenant.wait_for("task.updated", timeout=0)
    (*_, last) = server.log.splitlines() or [""]
    notes = getattr(told.value, "__notes__", [])
    assert [note.splitlines()[-1] for note in notes] == ([last] if last else []), "in one process the suite has the log anyway"


def test_a_type_that_there_is_not_is_not_waited_for(tenant: Tenant) -> None:
    with pytest.raises(ControlRefused, match=r"No event is of this type\. Known are: .*task\.created"):
        tenant.wait_for("task.finished")


def test_when_all_is_settled_subscribers_have_done_their_work(server: TaskHubServer, tenant: Tenant) -> None:
    member = tenant.member()
    task = tenant.task(assignee_ids=[member.user_id])
    tenant.client.delete(f"members/{member.user_id}").raise_for_status()
    server.settle()
    assert tenant.client.get(f"tasks/{task['key']}").json()["assignee_ids"] == []


def remove_an_assigned_member(tenant: Tenant) -> None:
    """Which leaves something for a subscriber to do."""
    member = tenant.member()
    tenant.task(assignee_ids=[member.user_id])
    tenant.client.delete(f"members/{member.user_id}").raise_for_status()


def test_a_subscriber_that_fails_for_good_is_told_with_its_event_and_error(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> bool:
        raise ValueError("planted")

    monkeypatch.setattr(ReleaseFormerMember, "handle", fail)
    with TaskHubServer.start("asgi") as server:
        tenant = server.tenant()
        remove_an_assigned_member(tenant)
        seq = tenant.wait_for("member.removed")["seq"]
        with pytest.raises(NotSettled, match=rf"has given up event {seq} of log {tenant.workspace_id}: ValueError\('planted'\)"):
            server.clock.advance(days=1, timeout=120)
        server.settle()


def test_a_time_out_holds_for_work_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_: LastUse) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(timed_call, "GRACE_SECONDS", 0.1)
    monkeypatch.setattr(LastUse, "flush", hang)
    with TaskHubServer.start("asgi") as server:
        tenant = server.tenant()
        for call in (server.settle, server.clock.advance):
            assert tenant.client_with(tenant.sign_in()["token"]).get("tasks").status_code == 200  # A use, to be written down.
            with pytest.raises(NotSettled, match=r"still under way: users\.last_use"):
                call(timeout=0.1)
