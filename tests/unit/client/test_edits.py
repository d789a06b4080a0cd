"""What others change meanwhile is not overwritten, and what they leave alone is no reason to refuse."""

from typing import Any

import httpx2
import pytest

from support.harness.client_service import FakeService, ok, problem
from taskhub.client.edits import close_or_open, edit, move
from taskhub.client.errors import ClientError, Refused

STALE = problem(412, "stale_version")
ADA = {"user_id": "u1", "name": "Ada", "role": "owner"}


def task(version: int, **fields: Any) -> dict[str, Any]:
    given = {"title": "Oil the engine", "status": "todo", "closed_at": None, **fields}
    return {"id": "t1", "key": "OPS-1", "project_id": "p1", "version": version, **given}


def listed(*items: Any) -> httpx2.Response:
    return ok({"items": [*items], "next_cursor": None})


def test_a_change_applies_to_the_version_that_was_seen() -> None:
    service = FakeService(ok(task(2, title="Oil it")))
    assert edit(service.workspace(), task(1), {"title": "Oil it"})["version"] == 2
    (request,) = service.requests
    assert request.headers["if-match"] == '"1"'


def test_another_field_that_changed_meanwhile_is_kept() -> None:
    service = FakeService(STALE, ok(task(2, status="done")), ok(task(3, title="Oil it", status="done")))
    changed = edit(service.workspace(), task(1), {"title": "Oil it"})
    assert (changed["title"], changed["status"]) == ("Oil it", "done")
    assert service.requests[-1].headers["if-match"] == '"2"'


def test_the_same_field_that_changed_meanwhile_is_told_with_who_and_both_values() -> None:
    history = listed({"actor_id": "u1", "occurred_at": "2026-11-28T13:00:00Z"})
    service = FakeService(STALE, ok(task(2, title="Oil\x1b[2J both")), history, listed(ADA), listed())
    with pytest.raises(Refused) as refused:
        edit(service.workspace(), task(1), {"title": "Oil it"})
    assert str(refused.value).splitlines() == [
        "OPS-1 was changed meanwhile by Ada at 2026-11-28T13:00:00Z. Nothing of yours was changed.",
        "  title: 'Oil the engine' became 'Oil\\x1b[2J both'",
    ]


def test_it_is_not_tried_for_ever() -> None:
    replies = [reply for version in range(2, 40) for reply in (STALE, ok(task(version)))]
    service = FakeService(*replies)
    with pytest.raises(Refused):
        edit(service.workspace(), task(1), {"title": "Oil it"})
    assert len([request for request in service.requests if request.method == "PATCH"]) == 10


def test_another_refusal_is_one() -> None:
    service = FakeService(problem(409, "project_archived"))
    with pytest.raises(Refused) as refused:
        edit(service.workspace(), task(1), {"title": "Oil it"})
    assert refused.value.code == "project_archived"
    assert len(service.requests) == 1


def test_a_move_is_not_refused_for_a_new_title() -> None:
    service = FakeService(STALE, ok(task(2, title="Oil it")), ok(task(3)))
    assert move(service.workspace(), task(1), {"to": "first"})["version"] == 3


def workflow(*categories: str) -> httpx2.Response:
    statuses = [{"key": f"s{index}", "name": category, "category": category} for index, category in enumerate(categories)]
    return ok({"workflow": {"statuses": statuses}})


def test_to_close_is_to_get_the_first_status_that_means_done() -> None:
    service = FakeService(workflow("todo", "cancelled", "done", "done"), ok(task(2)))
    close_or_open(service.workspace(), task(1), closed=True)
    assert service.requests[-1].content == b'{"status": "s2"}'


def test_to_open_is_to_get_the_first_status() -> None:
    service = FakeService(workflow("todo", "done"), ok(task(2)))
    close_or_open(service.workspace(), task(1, closed_at="2026-11-28T13:00:00Z"), closed=False)
    assert service.requests[-1].content == b'{"status": "s0"}'


def test_a_closed_task_is_not_closed_again() -> None:
    service = FakeService(ok({}))
    closed = task(1, closed_at="2026-11-28T13:00:00Z")
    assert close_or_open(service.workspace(), closed, closed=True) is closed
    assert service.requests == []


def test_a_project_without_such_a_status_is_told() -> None:
    with pytest.raises(ClientError, match="no status that means done"):
        close_or_open(FakeService(workflow("todo", "cancelled")).workspace(), task(1), closed=True)
