"""A request names exactly one host."""

import pytest

from support.harness.raw_http import Recorder, ThreadedServer

NAMES = ["x", "example.com", "example.com:8000", "127.0.0.1", "[::1]", "[::1]:8000", "a_b.example", "x.", " x ", "xn--a.example"]
NO_NAMES = [
    "",
    " ",
    "a b",
    "a, b",
    "a,b",
    "http://x",
    "x/y",
    "x:y",
    "x:123456",
    "x:1:2",
    "::1",
    "[::1",
    "[]",
    "[x]",
    "user@x",
    "x?y",
    "x#y",
    "b\xfccher",
    "x\\y",
    "x;y",
    "*",
]


def get(version: str, *hosts: str) -> bytes:
    lines = [f"GET /first HTTP/{version}", *(f"Host: {host}" for host in hosts), "", ""]
    return "\r\n".join(lines).encode("latin-1")


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("host", NAMES)
def test_one_host_is_fine(server: ThreadedServer, version: str, host: str) -> None:
    with server.connect() as wire:
        assert wire.ask(get(version, host)).status == 200


def test_an_old_client_need_not_name_one(server: ThreadedServer) -> None:
    with server.connect() as wire:
        assert wire.ask(get("1.0")).status == 200


@pytest.mark.parametrize(
    "request_",
    [get("1.1"), get("1.1", "x", "x"), get("1.1", "x", "y"), get("1.0", "x", "y"), *(get("1.1", host) for host in NO_NAMES)],
    ids=["none", "twice", "two", "two of an old client", *NO_NAMES],
)
def test_none_two_or_what_is_no_host_are_refused(server: ThreadedServer, recorder: Recorder, request_: bytes) -> None:
    with server.connect() as wire:
        answer = wire.ask(request_)
        assert answer.status == 400
        assert answer.problem["code"] == "invalid_header"
        assert [fault["header"] for fault in answer.problem["errors"]] == ["Host"]
        assert answer.headers["connection"] == "close"
        assert wire.is_ended()

    assert recorder.seen == []


def test_an_offer_does_not_make_up_for_the_host(server: ThreadedServer) -> None:
    with server.connect() as wire:
        wire.send(b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
        assert wire.answer().problem["code"] == "invalid_header"
