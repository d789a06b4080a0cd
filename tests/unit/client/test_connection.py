"""Requests are sent again while the service can't answer: a write with the same key, for a limited time."""

import httpx2
import pytest

from support.harness.client_service import URL, FakeService, ok, problem
from taskhub.client.connection import PATIENCE_SECONDS, Connection
from taskhub.client.errors import ClientError, NotReachable, NotSignedIn, Refused, WrongUsage
from taskhub.client.output import note

REFUSED = httpx2.ConnectError("Connection refused")
LOST = httpx2.RemoteProtocolError("Server disconnected without sending a response.")


def busy(seconds: int) -> httpx2.Response:
    return problem(503, "busy", retry="safe", headers={"retry-after": str(seconds)})


def keys(service: FakeService) -> list[str | None]:
    return [request.headers.get("idempotency-key") for request in service.requests]


def test_a_write_whose_answer_was_lost_is_sent_again_with_its_key() -> None:
    service = FakeService(LOST, LOST, ok({"id": 1}))
    assert service.connection().send("POST", "workspaces", {"name": "Engine room"}).body == {"id": 1}
    tries = keys(service)
    assert len(tries) == 3
    assert {*tries} != {None}
    assert len({*tries}) == 1
    assert service.waited == [0.25, 0.5]
    assert len(service.told) == 2
    assert "Trying again in 0.25 s." in service.told[0]


def test_each_write_has_a_key_of_its_own() -> None:
    service = FakeService(ok({}))
    for _ in range(2):
        service.connection().send("POST", "workspaces", {})
    assert len({*keys(service)}) == 2


def test_a_busy_service_is_asked_again_when_it_says() -> None:
    service = FakeService(busy(7), ok([]))
    assert service.connection().get("workspaces") == []
    assert service.waited == [7.0]


def test_patience_ends() -> None:
    service = FakeService(busy(25))
    with pytest.raises(NotReachable, match="Gave up after 3 attempts"):
        service.connection().send("POST", "workspaces", {})
    assert sum(service.waited) <= PATIENCE_SECONDS


def test_a_long_import_waits_for_the_rate_limit_as_often_as_it_has_to() -> None:
    limited = problem(429, "rate_limited", retry="safe", headers={"retry-after": "45"})
    service = FakeService(limited, limited, limited, ok({"done": True}))
    assert service.connection().send("POST", "batch", {}).body == {"done": True}
    assert service.waited == [45.0, 45.0, 45.0]


def test_pauses_grow_to_a_limit() -> None:
    service = FakeService(ok({}), LOST)
    connection = service.connection()
    connection.get("")
    with pytest.raises(NotReachable):
        connection.get("")
    assert service.waited[:6] == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0]
    assert max(service.waited) == 10.0


def test_a_service_that_is_started_again_is_waited_for() -> None:
    service = FakeService(ok({}), REFUSED, REFUSED, ok({"done": True}))
    connection = service.connection()
    connection.get("")
    assert connection.get("workspaces") == {"done": True}


def test_a_service_that_was_never_reached_is_not_waited_for() -> None:
    service = FakeService(REFUSED)
    with pytest.raises(NotReachable, match=f"No answer from {URL}: Connection refused"):
        service.connection().get("workspaces")
    assert service.waited == []


def test_a_write_that_takes_no_key_is_sent_once() -> None:
    service = FakeService(ok({}), LOST)
    connection = service.connection()
    connection.get("")
    with pytest.raises(NotReachable):
        connection.send("POST", "tokens", {}, is_keyed=False)
    assert keys(service) == [None, None]


def test_a_refusal_is_not_sent_again() -> None:
    service = FakeService(problem(409, "key_taken", detail="Another project has this key."))
    with pytest.raises(Refused, match="Another project has this key") as refused:
        service.connection().send("POST", "projects", {})
    assert refused.value.code == "key_taken"
    assert len(service.requests) == 1


def test_a_problem_is_told_with_its_fields_and_its_request() -> None:
    faults = [{"pointer": "/title", "code": "blank", "message": "Expected something visible."}]
    detail = "It is not valid: see `errors`."
    service = FakeService(problem(422, "validation_failed", detail=detail, errors=faults, allowed=["todo", "done"]))
    with pytest.raises(Refused) as refused:
        service.connection().send("POST", "tasks", {})
    assert str(refused.value).splitlines() == [
        "Refused. It is not valid.",
        "  /title: Expected something visible.",
        "  allowed: todo, done",
        "  (422 validation_failed, request r1)",
    ]


def test_what_a_service_says_does_not_control_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    service = FakeService(problem(409, "no", detail="\x1b[2Jgone", allowed=["\x9b2J"]))
    with pytest.raises(Refused) as refused:
        service.connection().send("POST", "tasks", {})
    note(f"{refused.value} \x1b[2J")
    assert not {"\x1b", "\x9b"} & {*capsys.readouterr().err}


def test_a_token_that_is_not_accepted_says_how_to_sign_in() -> None:
    with pytest.raises(NotSignedIn, match="taskhub login URL"):
        FakeService(problem(401, "token_expired")).connection().get("users/me")


def test_what_a_proxy_says_is_no_traceback() -> None:
    page = httpx2.Response(404, html="<h1>Nothing here</h1>")
    with pytest.raises(ClientError, match="404 Not Found: this is not an answer of TaskHub"):
        FakeService(page).connection().get("workspaces")


def test_a_network_that_answers_for_everybody_is_told() -> None:
    with pytest.raises(ClientError, match="is no TaskHub"):
        FakeService(httpx2.Response(200, html="<h1>Welcome to our hotel</h1>")).connection().get("workspaces")


def test_an_answer_that_cant_be_unpacked_is_none() -> None:
    def broken(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-encoding": "gzip"}, stream=httpx2.ByteStream(b"no gzip"))

    with pytest.raises(NotReachable):
        FakeService(broken).connection().get("workspaces")


def test_a_gateway_without_its_service_is_asked_again() -> None:
    service = FakeService(httpx2.Response(502, html="<h1>Bad gateway</h1>"), ok([]))
    assert service.connection().get("workspaces") == []
    assert "status 502" in service.told[0]


def test_a_token_does_not_follow_a_redirect() -> None:
    service = FakeService(httpx2.Response(308, headers={"location": "https://elsewhere.test/v1"}))
    with pytest.raises(ClientError, match=r"now at https://elsewhere\.test/v1"):
        service.connection().get("")
    assert [request.url.host for request in service.requests] == ["taskhub.test"]


def test_a_version_is_the_precondition_of_a_write() -> None:
    service = FakeService(ok({}))
    service.connection().send("PATCH", "tasks/OPS-1", {}, version=3)
    (request,) = service.requests
    assert request.headers["if-match"] == '"3"'
    assert request.headers["content-type"] == "application/merge-patch+json"


def test_all_pages_of_a_list_are_read() -> None:
    pages = [ok({"items": [1, 2], "next_cursor": "c"}), ok({"items": [3], "next_cursor": None})]
    service = FakeService(*pages)
    assert [*service.connection().every("tasks", closed=False)] == [1, 2, 3]
    assert [dict(request.url.params) for request in service.requests] == [
        {"limit": "200", "closed": "false"},
        {"limit": "200", "closed": "false", "cursor": "c"},
    ]


@pytest.mark.parametrize("url", ["tasks.example.com", "ftp://tasks.example.com", "https://", "http://[::1", "http://a:port"])
def test_what_is_no_url_is_told(url: str) -> None:
    with pytest.raises(WrongUsage):
        Connection(url)
