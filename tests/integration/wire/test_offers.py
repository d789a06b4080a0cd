"""An offered upgrade is ignored: the body belongs to its request, and what comes after it is the next request."""

import itertools
import random
from collections.abc import Callable

import pytest

from support.harness.raw_http import Recorder, ThreadedServer

H2C = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
OFFERS = {
    "h2c": H2C,
    "tls": b"Upgrade: TLS/1.2\r\nConnection: Upgrade\r\n",
    "websocket": (
        b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    ),
    "on two lines": b"Connection: keep-alive\r\nConnection: upgrade\r\nUPGRADE: h2c\r\nUpgrade: websocket\r\n",
}
SMUGGLED = b"DELETE /smuggled HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
"""A body that reads like a request."""
Framing = Callable[[bytes], tuple[bytes, bytes]]
"""What ends the head, and the body as it is sent."""
SENDINGS: dict[str, Framing] = {
    "length": lambda body: (b"Content-Length: %d\r\n\r\n" % len(body), body),
    "chunked": lambda body: (
        b"Transfer-Encoding: chunked\r\n\r\n",
        (b"%x\r\n%s\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n",
    ),
}

each_offer = pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
each_sending = pytest.mark.parametrize("framed", SENDINGS.values(), ids=SENDINGS)
each_method = pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE", "GET"])


def head(method: str, path: str = "/first", *more: bytes) -> bytes:
    return b"%s %s?a=1 HTTP/1.1\r\nHost: x\r\n%s" % (method.encode(), path.encode(), b"".join(more))


NEXT = head("GET", "/next") + b"\r\n"


@each_offer
@each_sending
@each_method
def test_a_body_in_the_same_packet_is_read(
    server: ThreadedServer, recorder: Recorder, offer: bytes, framed: Framing, method: str
) -> None:
    end_of_head, body = framed(SMUGGLED)
    with server.connect() as wire:
        assert wire.ask(head(method, "/first", offer) + end_of_head + body).body == SMUGGLED
        assert wire.ask(NEXT).status == 200

    assert [(one.method, one.path, one.query, one.body) for one in recorder.seen] == [
        (method, "/first", "a=1", SMUGGLED.decode()),
        ("GET", "/next", "a=1", ""),
    ]


@each_offer
@each_sending
def test_a_body_in_a_later_packet_is_never_a_request(
    server: ThreadedServer, recorder: Recorder, offer: bytes, framed: Framing
) -> None:
    end_of_head, body = framed(SMUGGLED)
    with server.connect() as wire:
        wire.send(head("POST", "/first", offer) + end_of_head)
        wire.send(body)
        assert wire.answer().body == SMUGGLED
        assert wire.ask(NEXT).status == 200

    assert [(one.method, one.path) for one in recorder.seen] == [("POST", "/first"), ("GET", "/next")]


@each_sending
def test_it_does_not_matter_where_packets_end(server: ThreadedServer, recorder: Recorder, framed: Framing) -> None:
    end_of_head, body = framed(SMUGGLED)
    both = head("POST", "/first", H2C) + end_of_head + body + NEXT
    with server.connect() as wire:
        for byte in both:
            wire.send(bytes([byte]))
        assert wire.answer().body == SMUGGLED
        assert wire.answer().body == b""

    assert [(one.method, one.path) for one in recorder.seen] == [("POST", "/first"), ("GET", "/next")]


@pytest.mark.parametrize(
    "offers", list(itertools.product([b"", H2C], repeat=3)), ids=lambda offers: "".join("uo"[not one] for one in offers)
)
def test_several_requests_in_one_packet_are_answered_in_their_order(
    server: ThreadedServer, recorder: Recorder, offers: tuple[bytes, ...]
) -> None:
    requests = [
        head("POST", f"/{number}", offer) + b"Content-Length: 1\r\n\r\n%d" % number for number, offer in enumerate(offers)
    ]
    with server.connect() as wire:
        wire.send(b"".join(requests))
        bodies = [wire.answer().body for _ in requests]

    assert bodies == [b"0", b"1", b"2"]
    assert [one.path for one in recorder.seen] == ["/0", "/1", "/2"]


def test_thousands_of_offers_in_one_packet_are_answered(server: ThreadedServer) -> None:
    with server.connect() as wire:
        wire.send((head("GET", "/first", b"Connection: Upgrade\r\nUpgrade: x\r\n") + b"\r\n") * 3000)
        assert {wire.answer().status for _ in range(3000)} == {200}


@each_offer
def test_a_client_that_waits_to_be_told_to_go_on_is_told(server: ThreadedServer, recorder: Recorder, offer: bytes) -> None:
    with server.connect() as wire:
        wire.send(head("POST", "/first", offer, b"Expect: 100-continue\r\n") + b"Content-Length: 4\r\n\r\n")
        assert wire.socket.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert wire.ask(b"body").body == b"body"
        assert wire.ask(NEXT).status == 200


def test_the_rest_of_the_head_is_as_it_was_sent(server: ThreadedServer, recorder: Recorder) -> None:
    with server.connect() as wire:
        for offer in (b"", b"Connection: Upgrade\r\nUpgrade: h2c\r\n"):
            wire.ask(head("GET", "/a%20b", b"X-One:  1 \r\n", offer, b"x-one: \xc3\xa9\r\nX-Empty:\r\n") + b"\r\n")

    plain, offering = recorder.seen
    assert offering.path == plain.path == "/a b"
    assert [*offering.headers] == [*plain.headers[:2], ("connection", "Upgrade"), *plain.headers[2:]]


@each_offer
def test_a_client_that_asks_for_the_end_gets_it(server: ThreadedServer, offer: bytes) -> None:
    with server.connect() as wire:
        answer = wire.ask(head("GET", "/first", offer, b"Connection: close\r\n") + b"\r\n")
        assert answer.headers["connection"] == "close"
        assert wire.is_ended()


def test_an_offer_of_an_old_client_is_ignored_too(server: ThreadedServer, recorder: Recorder) -> None:
    with server.connect() as wire:
        request = b"POST /first HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: %d\r\n\r\n%s"
        assert wire.ask(request % (len(SMUGGLED), SMUGGLED)).body == SMUGGLED
        assert wire.is_ended()

    assert len(recorder.seen) == 1


@pytest.mark.parametrize("target", [b"x:443", b"/v1", b"x"])
def test_a_tunnel_is_refused_and_what_would_go_through_it_is_not_read(
    server: ThreadedServer, recorder: Recorder, target: bytes
) -> None:
    with server.connect() as wire:
        wire.send(b"CONNECT " + target + b" HTTP/1.1\r\nHost: x:443\r\nContent-Length: 0\r\n\r\n" + SMUGGLED)
        answer = wire.answer()
        assert answer.status in (400, 405)
        assert answer.headers["connection"] == "close"
        assert wire.is_ended()

    assert recorder.seen == []


@pytest.mark.parametrize("seed", range(20))
def test_any_requests_in_any_packets_are_read_as_they_were_sent(server: ThreadedServer, recorder: Recorder, seed: int) -> None:
    choose = random.Random(seed)
    sent, stream = [], b""
    for number in range(30):
        method = choose.choice(["GET", "POST", "PATCH", "DELETE"])
        body = choose.choice([b"", b"x", SMUGGLED, SMUGGLED * 3, b"0\r\n\r\n" + SMUGGLED])
        end_of_head, framed_body = choose.choice([*SENDINGS.values()])(body)
        offer = choose.choice([b"", *OFFERS.values()])
        stream += head(method, f"/{number}", offer) + end_of_head + framed_body
        sent.append((method, f"/{number}", body.decode()))
    cuts = sorted(choose.choices(range(len(stream)), k=choose.choice([0, 3, 50])))
    with server.connect() as wire:
        for start, end in itertools.pairwise([0, *cuts, len(stream)]):
            wire.send(stream[start:end])
        assert [wire.answer().status for _ in sent] == [200] * len(sent)

    assert [(one.method, one.path, one.body) for one in recorder.seen] == sent
