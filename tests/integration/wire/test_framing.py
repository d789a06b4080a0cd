"""Where a request begins and ends is never a matter of opinion: what is not clear is refused, and nothing behind it is read."""

import pytest

from support.harness.raw_http import Recorder, ThreadedServer

SMUGGLED = b"DELETE /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /first HTTP/1.1\r\nHost: x\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
UNCLEAR = {
    "no method that there is": b"FOO / HTTP/1.1\r\nHost: x\r\n\r\n",
    "no HTTP": b"no HTTP at all\r\n\r\n",
    "HTTP/2 without an upgrade": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/2.0": b"GET /first HTTP/2.0\r\nHost: x\r\n\r\n",
    "HTTP/1.2": b"GET /first HTTP/1.2\r\nHost: x\r\n\r\n",
    "HTTP/0.9": b"GET /first HTTP/0.9\r\nHost: x\r\n\r\n",
    "HTTP/0.9, as it was": b"GET /first\r\n\r\n",
    "length and chunks": POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
    "chunks and length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    "a list of lengths": POST + b"Content-Length: 3, 3\r\n\r\nabc",
    "a negative length": POST + b"Content-Length: -1\r\n\r\n",
    "a length with a sign": POST + b"Content-Length: +3\r\n\r\nabc",
    "a length before a space": POST + b"Content-Length : 3\r\n\r\nabc",
    "a length beyond numbers": POST + b"Content-Length: 99999999999999999999\r\n\r\n",
    "chunked, identity": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "chunked and identity": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "identity": POST + b"Transfer-Encoding: identity\r\n\r\n",
    "chunked and nothing": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding:\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "nothing and chunked": POST + b"Transfer-Encoding: ,chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "a parameter of chunked": POST + b"Transfer-Encoding: chunked;a=b\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "quoted chunked": POST + b'Transfer-Encoding: "chunked"\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    "no coding": POST + b"Transfer-Encoding:\r\n\r\n",
    "no length": POST + b"Content-Length:\r\n\r\n",
    "a length with a blank in it": POST + b"Content-Length: 1 0\r\n\r\n0123456789",
    "a length in hexadecimal": POST + b"Content-Length: 0x3\r\n\r\nabc",
    "chunked twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "compressed chunks": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "compressed": POST + b"Transfer-Encoding: gzip\r\n\r\nabc",
    "chunks of an old client": b"POST /first HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "vertical tab in a coding": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "lines without CR": b"POST /first HTTP/1.1\nHost: x\nContent-Length: 3\n\nabc",
    "a header without CR": b"POST /first HTTP/1.1\r\nHost: x\nContent-Length: 3\r\n\r\nabc",
    "a header without LF": b"POST /first HTTP/1.1\r\nHost: x\rContent-Length: 3\r\n\r\nabc",
    "a folded header": POST + b"X-Folded: a\r\n b\r\nContent-Length: 3\r\n\r\nabc",
    "a folded coding": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "NUL in a header": POST + b"X-Nul: a\0b\r\n\r\n",
    "a space before the first header": b"POST /first HTTP/1.1\r\n Host: x\r\n\r\n",
    "a header without a name": POST + b": a\r\n\r\n",
    "a header without a colon": POST + b"Lost\r\n\r\n",
}
BROKEN_BODIES = {
    "a chunk size in hexadecimal of C": CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n",
    "a chunk size before a space": CHUNKED + b"3 \r\nabc\r\n0\r\n\r\n",
    "a chunk size beyond numbers": CHUNKED + b"11111111111111111\r\nabc\r\n0\r\n\r\n",
    "a negative chunk size": CHUNKED + b"-3\r\nabc\r\n0\r\n\r\n",
    "a chunk size without CR": CHUNKED + b"3\nabc\r\n0\r\n\r\n",
    "a chunk extension without CR": CHUNKED + b"3;a\nabc\r\n0\r\n\r\n",
    "a chunk longer than its size": CHUNKED + b"3\r\nabcd\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("request_", [*UNCLEAR.values(), *BROKEN_BODIES.values()], ids=[*UNCLEAR, *BROKEN_BODIES])
@pytest.mark.parametrize("together", [True, False], ids=["one packet", "two packets"])
def test_what_is_unclear_is_refused_and_what_follows_is_not_read(
    server: ThreadedServer, recorder: Recorder, request_: bytes, together: bool
) -> None:
    with server.connect() as wire:
        for packet in [request_ + SMUGGLED] if together else [request_, SMUGGLED]:
            wire.send(packet)
        answer = wire.answer()
        assert answer.status == 400
        assert answer.problem["code"] in ("malformed_request", "invalid_header")
        assert answer.headers["connection"] == "close"
        assert wire.is_ended()

    assert recorder.seen == []


@pytest.mark.parametrize("broken", [UNCLEAR["two lengths"], BROKEN_BODIES["a chunk longer than its size"]], ids=["head", "body"])
def test_a_refusal_comes_after_the_answers_to_what_came_before_it(
    server: ThreadedServer, recorder: Recorder, broken: bytes
) -> None:
    with server.connect() as wire:
        wire.send(b"GET /held HTTP/1.1\r\nHost: x\r\n\r\nGET /second HTTP/1.1\r\nHost: x\r\n\r\n" + broken + SMUGGLED)
        recorder.when_held()
        recorder.release()
        assert [wire.answer().status for _ in range(3)] == [200, 200, 400]
        assert wire.is_ended()

    assert [one.path for one in recorder.seen] == ["/held", "/second"]


def test_a_body_that_breaks_after_the_answer_is_not_answered_twice(server: ThreadedServer) -> None:
    with server.connect() as wire:
        assert wire.ask(CHUNKED.replace(b"/first", b"/unread") + b"3\r\n").body == b"unread"
        wire.send(b"abcd\r\n0\r\n\r\n" + SMUGGLED)
        assert wire.is_ended()


@pytest.mark.parametrize("after", [b"", b"\r\n", b"abc"])
def test_nothing_is_read_after_the_request_that_was_to_be_the_last(
    server: ThreadedServer, recorder: Recorder, after: bytes
) -> None:
    with server.connect() as wire:
        wire.send(POST + b"Connection: close\r\nContent-Length: 3\r\n\r\nabc" + after + SMUGGLED + SMUGGLED)
        assert wire.answer().body == b"abc"
        assert wire.is_ended()

    assert [one.path for one in recorder.seen] == ["/first"]


def test_a_body_that_nobody_read_is_no_request(server: ThreadedServer, recorder: Recorder) -> None:
    with server.connect() as wire:
        assert wire.ask(b"GET /unread HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED)).body == b"unread"
        wire.send(SMUGGLED)
        assert wire.ask(b"GET /next HTTP/1.1\r\nHost: x\r\n\r\n").status == 200

    assert [one.path for one in recorder.seen] == ["/next"]


def test_a_client_that_was_not_told_to_go_on_may_send_no_other_request(server: ThreadedServer, recorder: Recorder) -> None:
    """It may leave its body out, or send it: what comes next can't be told apart."""
    with server.connect() as wire:
        answer = wire.ask(b"GET /unread HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n")
        assert answer.headers["connection"] == "close"
        assert wire.is_ended()


def test_a_client_that_was_told_to_go_on_may_send_another_request(server: ThreadedServer, recorder: Recorder) -> None:
    with server.connect() as wire:
        answer = wire.ask(POST + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc")
        assert (answer.body, "connection" in answer.headers) == (b"abc", False)
        assert wire.ask(b"GET /next HTTP/1.1\r\nHost: x\r\n\r\n").status == 200


def test_an_old_client_is_not_told_to_go_on(server: ThreadedServer) -> None:
    with server.connect() as wire:
        wire.send(b"POST /first HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc")
        assert wire.socket.recv(12) == b"HTTP/1.1 200"


def test_what_stands_behind_a_chunked_body_is_no_header(server: ThreadedServer, recorder: Recorder) -> None:
    """A proxy that guards headers passes these on unseen."""
    trailers = b"Authorization: Bearer stolen\r\nX-Forwarded-For: 127.0.0.1\r\nHost: y\r\nConnection: upgrade\r\nUpgrade: h2c\r\n"
    with server.connect() as wire:
        assert wire.ask(CHUNKED + b"3\r\nabc\r\n0\r\n" + trailers + b"\r\n").body == b"abc"
        assert wire.ask(b"GET /next HTTP/1.1\r\nHost: x\r\n\r\n").status == 200

    first, second = recorder.seen
    assert dict(first.headers) == {"host": "x", "transfer-encoding": "chunked"}
    assert dict(second.headers) == {"host": "x"}


ENDLESS = {
    "a head": b"GET /first HTTP/1.1\r\nHost: x\r\nX-Large: ",
    "a path": b"GET /",
    "what follows a body": CHUNKED + b"3\r\nabc\r\n0\r\nX-Large: ",
    "an extension of a chunk": CHUNKED + b"3\r\nabc\r\n3;",
}


@pytest.mark.parametrize("beginning", ENDLESS.values(), ids=ENDLESS)
def test_what_never_ends_is_bounded(server: ThreadedServer, beginning: bytes) -> None:
    """The parser keeps what it has begun to read."""
    with server.connect() as wire:
        wire.send(beginning)
        for _ in range(100):
            wire.send(b"x" * 8192)
        assert wire.answer().status == 431
        assert wire.is_ended()


@pytest.mark.parametrize("many", [b"X-%d: 1\r\n", b"X-Many: %d\r\n"])
def test_many_small_headers_are_bounded(server: ThreadedServer, recorder: Recorder, many: bytes) -> None:
    headers = b"".join(many % number for number in range(10_000))
    with server.connect() as wire:
        wire.send(POST + headers + b"\r\n")
        assert wire.answer().status == 431
    with server.connect() as wire:
        wire.send(CHUNKED + b"3\r\nabc\r\n0\r\n" + headers + headers)
        assert wire.answer().status == 431

    assert recorder.seen == []


def test_a_packet_may_be_larger_than_a_head(server: ThreadedServer) -> None:
    request = POST + b"X-Large: " + b"x" * 40_000 + b"\r\nContent-Length: 3\r\n\r\nabc"
    with server.connect() as wire:
        wire.send(request * 20)
        assert [wire.answer().body for _ in range(20)] == [b"abc"] * 20
        assert wire.ask(POST + b"Content-Length: 1000000\r\n\r\n" + b"x" * 1_000_000).status == 200


def test_a_refusal_is_heard_by_a_client_that_is_still_sending(server: ThreadedServer) -> None:
    with server.connect() as wire:
        wire.send(UNCLEAR["two lengths"])
        for _ in range(64):
            wire.send(b"x" * 65536)
        assert wire.answer().status == 400
        assert wire.is_ended()
