"""The log of a workspace is read from as far back as the service keeps it."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from support.harness.client_service import FakeService, ok, problem
from taskhub.client.errors import Refused
from taskhub.client.transfer.history import beginning, changes

CREATED = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def keeping_since(kept: datetime) -> FakeService:
    def answer(request: httpx2.Request) -> httpx2.Response:
        since = request.url.params.get("from")
        if since is None:
            return ok({"created_at": CREATED.isoformat()})
        moment = CREATED if since == "start" else datetime.fromisoformat(since)
        return ok({"items": []}) if moment >= kept else problem(410, "cursor_expired")

    return FakeService(answer)


def test_a_whole_log_is_read_from_its_start() -> None:
    assert beginning(keeping_since(CREATED).workspace(), NOW) == "start"


@pytest.mark.parametrize(
    "kept", [CREATED + timedelta(seconds=5), datetime(2026, 10, 1, 8, 30, tzinfo=UTC), NOW - timedelta(seconds=2)]
)
def test_one_that_was_cut_off_is_read_from_the_second_that_it_is_kept_from(kept: datetime) -> None:
    found = datetime.fromisoformat(beginning(keeping_since(kept).workspace(), NOW))
    assert timedelta() <= found - kept <= timedelta(seconds=1)


def test_another_refusal_is_one() -> None:
    with pytest.raises(Refused):
        beginning(FakeService(problem(403, "not_allowed")).workspace(), NOW)


def test_all_pages_are_read() -> None:
    pages = [
        ok({"items": [1, 2], "next_cursor": "c2", "has_more": True}),
        ok({"items": [], "next_cursor": "c9", "has_more": True}),
        ok({"items": [3], "next_cursor": "c10", "has_more": False}),
    ]
    service = FakeService(*pages)
    assert [*changes(service.workspace(), "start")] == [1, 2, 3]
    assert [request.url.params.get("cursor") for request in service.requests] == [None, "c2", "c9"]
