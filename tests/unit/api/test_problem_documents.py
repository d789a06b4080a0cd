"""Problem documents: complete, and small whatever was sent."""

import json

import pytest

from taskhub.kernel.api.problems import problem_of
from taskhub.kernel.application.errors import Busy, OutcomeUnknown
from taskhub.kernel.domain.errors import Fault, NotFound, StaleVersion, ValidationFailed


def document(error: Exception, *, keyed: bool = False) -> dict[str, object]:
    found: dict[str, object] = json.loads(problem_of(error, "r-1", keyed=keyed)[2])
    return found


def test_says_all_that_a_client_may_rely_on() -> None:
    assert document(NotFound()) == {
        "type": "/problems/not_found",
        "title": "Not found",
        "status": 404,
        "detail": "The resource does not exist, or you have no access to it.",
        "code": "not_found",
        "request_id": "r-1",
        "retry": "no",
    }


def test_a_stale_version_comes_with_the_current_one_and_its_tag() -> None:
    status, headers, body = problem_of(StaleVersion(7), "r-1", keyed=False)

    assert (status, dict(headers)[b"etag"], json.loads(body)["current_version"]) == (412, b'"7"', 7)


@pytest.mark.parametrize("text", ["x" * 5000, "\x01" * 5000, "\U0001f600" * 5000], ids=["plain", "control", "astral"])
def test_stays_below_10_kb_whatever_the_request_was_full_of(text: str) -> None:
    error = ValidationFailed(*(Fault("unknown_member", text, pointer=text) for _ in range(5000)))

    body = problem_of(error, "r-1", keyed=False)[2]

    assert len(body) <= 10_000
    assert json.loads(body)["errors"]


def test_a_mistake_of_ours_tells_nothing_of_itself() -> None:
    assert "secret" not in str(document(RuntimeError("secret")))


@pytest.mark.parametrize(
    ("error", "keyed", "retry"),
    [
        (Busy(), False, "safe"),
        (OutcomeUnknown(keyed=True), True, "same_key"),
        (OutcomeUnknown(keyed=False), False, "no"),
        (RuntimeError(), True, "same_key"),
        (RuntimeError(), False, "no"),
        (NotFound(), True, "no"),
    ],
)
def test_tells_whether_the_same_request_may_be_sent_again(error: Exception, keyed: bool, retry: str) -> None:
    assert document(error, keyed=keyed)["retry"] == retry
