"""Changes are followed over broken connections: none is missed, none comes twice."""

import json
from itertools import islice
from typing import Any

import httpx2
import pytest

from support.harness.client_service import FakeService, ok, problem
from taskhub.client.changes import events, follow, sentence
from taskhub.client.errors import NotSignedIn


def streamed(*seqs: int) -> httpx2.Response:
    text = ":\n\n" + "".join(f"id: c{seq}\ndata: {json.dumps({'seq': seq})}\n\n" for seq in seqs)
    return httpx2.Response(200, text=text, headers={"content-type": "text/event-stream"})


def seqs(service: FakeService, since: str, count: int) -> list[int]:
    waited: list[float] = []
    found = follow(service.workspace(), since, [], tell=service.told.append, sleep=waited.append)
    return [change["seq"] for change in islice(found, count)]


def test_a_stream_that_ended_is_taken_up_after_its_last_change() -> None:
    service = FakeService(streamed(1, 2), httpx2.ReadError("reset"), streamed(3))
    assert seqs(service, "start", 3) == [1, 2, 3]
    first, *later = service.requests
    assert "last-event-id" not in first.headers
    assert first.url.params["from"] == "start"
    assert [request.headers["last-event-id"] for request in later] == ["c2", "c2"]
    assert len(service.told) == 1


def test_now_is_asked_for_once() -> None:
    service = FakeService(ok({"items": [], "next_cursor": "c7", "has_more": False}), httpx2.ConnectError("refused"), streamed(8))
    assert seqs(service, "now", 1) == [8]
    assert [request.headers.get("last-event-id") for request in service.requests] == [None, "c7", "c7"]


def test_a_reader_who_may_not_read_any_more_is_told() -> None:
    with pytest.raises(NotSignedIn):
        seqs(FakeService(problem(401, "token_expired")), "start", 1)


def test_a_comment_with_an_id_is_a_place_without_a_change() -> None:
    assert [*events([":", "id: c5", "", "data: a", "data: b", ""])] == [("c5", ""), ("", "a\nb")]


def change(type: str, changes: Any, **snapshot: Any) -> dict[str, Any]:
    return {
        "type": type,
        "changes": changes,
        "snapshot": snapshot or None,
        "entity_id": "e1",
        "actor_id": None,
        "occurred_at": NOON,
    }


NOON = "2026-11-28T12:00:00Z"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (change("task.created", {}, key="OPS-1", title="Oil\x1bit"), "task.created  OPS-1  Oil\\x1bit"),
        (
            change("task.updated", {"title": ["a", None], "updated_at": ["x", "y"]}, key="OPS-1"),
            "task.updated  OPS-1  title: a → none",
        ),
        (change("task.purged", {}), "task.purged  e1"),
        (change("task.updated", {"description": ["", "x" * 100]}, key="A-1"), f"task.updated  A-1  description:  → {'x' * 59}…"),
    ],
)
def test_a_change_is_told_on_one_line(given: dict[str, Any], told: str) -> None:
    line = sentence(FakeService(ok({})).workspace(), given, "Europe/Berlin")
    assert line == f"2026-11-28 13:00  TaskHub  {told}"


def test_members_are_told_by_their_names() -> None:
    members = {"items": [{"user_id": "u1", "name": "Grace", "role": "member"}], "next_cursor": None}
    joined = change("member.joined", {"role": [None, "member"], "user_id": [None, "u1"], "joined_at": [None, NOON]}, user_id="u1")
    line = sentence(FakeService(ok(members)).workspace(), joined, "UTC")
    assert line == "2026-11-28 12:00  TaskHub  member.joined  Grace  role: none → member"


def test_what_has_nothing_more_to_say_ends_with_its_name() -> None:
    line = sentence(FakeService(ok({})).workspace(), change("workspace.created", {}, name="Engine room"), "UTC")
    assert line == "2026-11-28 12:00  TaskHub  workspace.created  Engine room"
