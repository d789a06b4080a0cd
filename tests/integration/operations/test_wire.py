"""What can't be read as HTTP is refused as a problem all the same."""

import json
import socket
from collections.abc import Callable

import pytest

from support.harness.program import PASSWORD, Installation, Served, free_port
from support.harness.raw_http import RawConnection
from support.harness.waiting import PATIENCE_SECONDS


def exchange(served: Served, request: bytes) -> tuple[bytes, dict[str, object], bytes]:
    """Status line, problem and raw head of the answer to some bytes."""
    with socket.create_connection(("127.0.0.1", served.client.base_url.port or 0), timeout=PATIENCE_SECONDS) as wire:
        wire.sendall(request)
        answer = b""
        while chunk := wire.recv(65536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.splitlines()[0], json.loads(body), head


@pytest.mark.parametrize(
    "request_",
    [
        b"FOO /v1/users HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
        b"POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"no HTTP at all\r\n\r\n",
    ],
)
def test_a_malformed_request_is_a_problem(served: Served, request_: bytes) -> None:
    status, problem, head = exchange(served, request_)

    assert status == b"HTTP/1.1 400 Bad Request"
    assert problem["code"] == "malformed_request"
    assert f"x-request-id: {problem['request_id']}".encode() in head
    assert b"content-type: application/problem+json" in head


@pytest.mark.parametrize("request_", [b"GET /%s HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nX-Large: %s\r\n\r\n"])
def test_headers_are_bounded(served: Served, request_: bytes) -> None:
    status, problem, _ = exchange(served, request_ % (b"x" * 100_000))

    assert status == b"HTTP/1.1 431 Request Header Fields Too Large"
    assert problem["code"] == "headers_too_large"


OFFER = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
"""What the HTTP client of the JDK, and curl with --http2, send by default."""


def test_a_body_behind_an_offered_upgrade_is_read_and_never_run(served: Served) -> None:
    account = json.dumps({"email": "offer@example.com", "name": "Ada", "password": PASSWORD}).encode()
    smuggled = b"POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
    head = b"POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n"
    with RawConnection(served.client.base_url.port or 0) as wire:
        body = smuggled % (len(account), account)
        wire.send(head % (OFFER, len(body)))
        wire.send(body)
        assert wire.answer().problem["code"] == "malformed_json"

        wire.send(head % (OFFER, len(account)))
        wire.send(account)
        assert wire.answer().status == 201


def test_the_port_of_the_metrics_reads_requests_in_the_same_way(new_installation: Callable[..., Installation]) -> None:
    port = free_port()
    with new_installation(TASKHUB_METRICS_PORT=str(port)).serving(), RawConnection(port) as wire:
        request = b"GET /metrics HTTP/1.1\r\nHost: x\r\n" + OFFER + b"\r\n"
        wire.send(request * 2)
        assert [wire.answer().status for _ in range(2)] == [200, 200]
        assert wire.ask(b"GET /metrics HTTP/1.1\r\n\r\n").problem["code"] == "invalid_header"
        assert wire.is_ended()


def test_who_asks_for_the_options_of_the_service_gets_its_methods(served: Served) -> None:
    with RawConnection(served.client.base_url.port or 0) as wire:
        answer = wire.ask(b"OPTIONS * HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\n\r\n")
        assert (answer.status, answer.headers["allow"]) == (204, "GET, HEAD, POST, PATCH, PUT, DELETE, OPTIONS")
        assert wire.ask(b"GET * HTTP/1.1\r\nHost: x\r\n\r\n").status == 404
        assert wire.ask(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").status == 200
