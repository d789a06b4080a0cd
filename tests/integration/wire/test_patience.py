"""Clients that send or take half of something and stay are sent away; nobody else notices."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

import support.harness.raw_http as wire_support
from support.harness.raw_http import RawConnection, Recorder, ThreadedServer, recording
from support.harness.waiting import PATIENCE_SECONDS, wait_until
from taskhub.cli.server import connections
from taskhub.cli.server.connections import ConnectionLimits
from taskhub.kernel.api.long_requests import break_off

NEVER = 1000.0
SHORT = 0.2
LESS_SHORT = 1.0
"""For clients that make progress all the time: more than a busy machine lets them stand still."""
PATIENT = ConnectionLimits(
    max_connections=100, head_seconds=NEVER, body_seconds=NEVER, answer_seconds=NEVER, idle_seconds=NEVER, linger_seconds=NEVER
)
"""Each test shortens the one time that it is about: what ends a connection is that one."""
GET = b"GET /first HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE = GET.replace(b"/first", b"/large")
POST = b"POST /first HTTP/1.1\r\nHost: x\r\n"
HALVES_OF_HEADS = [
    b"G",
    b"GET /",
    b"GET / HTTP/1.1\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow",
    b"GET / HTTP/1.1\r\nHost: x\r\n\r",
]
HALVES_OF_BODIES = [
    b"Content-Length: 100\r\n\r\n",
    b"Content-Length: 100\r\n\r\nhalf",
    b"Transfer-Encoding: chunked\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\nX-Trailer: a\r\n",
    b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 100\r\n\r\nhalf",
    b"Expect: 100-continue\r\nContent-Length: 100\r\n\r\n",
]


@contextlib.contextmanager
def serving(**limits: Any) -> Iterator[tuple[ThreadedServer, Recorder]]:
    with recording(replace(PATIENT, **limits)) as running:
        yield running


def is_408(wire: RawConnection) -> bool:
    answer = wire.answer()
    assert (answer.problem["code"], answer.problem["retry"]) == ("request_timeout", "safe")
    assert answer.headers["connection"] == "close"
    return answer.status == 408 and wire.is_ended()


@pytest.mark.parametrize("half", HALVES_OF_HEADS)
def test_half_a_head_is_408(half: bytes) -> None:
    with serving(head_seconds=SHORT) as (server, recorder), server.connect() as wire:
        wire.send(half)
        assert is_408(wire)
        assert recorder.seen == []


@pytest.mark.parametrize("half", HALVES_OF_HEADS)
def test_half_of_a_later_head_is_408(half: bytes) -> None:
    with serving(head_seconds=SHORT) as (server, _), server.connect() as wire:
        assert wire.ask(GET).status == 200
        wire.send(half)
        assert is_408(wire)


def test_a_head_that_grows_byte_by_byte_gets_no_more_time() -> None:
    with serving(head_seconds=SHORT) as (server, _), server.connect() as wire:
        wire.send(b"GET /first HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        while not wire.has_something():
            wire.send(b"1")
        assert wire.answer().status == 408


@pytest.mark.parametrize("half", HALVES_OF_BODIES)
def test_half_a_body_is_408_and_the_application_learns_of_it(half: bytes) -> None:
    with serving(body_seconds=SHORT) as (server, recorder), server.connect() as wire:
        wire.send(POST + half)
        assert is_408(wire)
        wait_until(lambda: recorder.abandoned == 1)
        assert recorder.seen == []


def test_a_body_that_goes_on_is_waited_for() -> None:
    with serving(body_seconds=LESS_SHORT) as (server, _), server.connect() as wire:
        wire.send(POST + b"Transfer-Encoding: chunked\r\n\r\n")
        with server.connect() as other:
            other.send(POST + b"Content-Length: 1\r\n\r\n")
            while not other.has_something():
                wire.send(b"1\r\nx\r\n")
        assert wire.ask(b"0\r\n\r\n").status == 200


def test_half_a_body_after_the_answer_is_the_end() -> None:
    with serving(body_seconds=SHORT) as (server, _), server.connect() as wire:
        assert wire.ask(b"POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf").body == b"unread"
        assert wire.is_ended()


@pytest.mark.parametrize("nothing", [b"", b"\r\n\r\n"], ids=["nothing", "blank lines"])
def test_who_sends_nothing_is_sent_away_without_a_word(nothing: bytes) -> None:
    with serving(head_seconds=SHORT) as (server, _), server.connect() as wire:
        wire.send(nothing)
        assert wire.is_ended()


@pytest.mark.parametrize("nothing", [b"", b"\r\n\r\n"], ids=["nothing", "blank lines"])
def test_an_idle_connection_is_closed_in_time(nothing: bytes) -> None:
    with serving(idle_seconds=SHORT) as (server, _), server.connect() as wire:
        assert wire.ask(GET).status == 200
        wire.send(nothing)
        assert wire.is_ended()


def test_who_waits_for_a_slow_answer_is_not_sent_away() -> None:
    with serving(head_seconds=SHORT, body_seconds=SHORT, idle_seconds=SHORT) as (server, recorder), server.connect() as wire:
        wire.send(GET.replace(b"/first", b"/held"))
        recorder.when_held()
        with server.connect() as other:
            assert other.is_ended()  # Longer than any limit.
        recorder.release()
        assert wire.answer().status == 200


@pytest.mark.parametrize("last", [b"", b"Connection: close\r\n"], ids=["kept alive", "to be closed"])
def test_who_does_not_take_the_answer_is_cut_off(last: bytes) -> None:
    with serving(answer_seconds=SHORT) as (server, _), server.connect(receive_buffer=4096) as wire:
        wire.send(LARGE.replace(b"\r\n\r\n", b"\r\n" + last + b"\r\n"))
        wait_until(lambda: len(server.server.open_connections) == 1)
        wait_until(lambda: len(server.server.open_connections) == 0)


def test_who_does_not_take_the_answer_does_not_keep_the_server_from_stopping() -> None:
    with serving() as (server, recorder), server.connect(receive_buffer=4096) as wire:
        wire.send(LARGE)
        wait_until(lambda: len(recorder.seen) == 1)
        server.server.should_exit = True
        wait_until(lambda: len(server.server.open_connections) == 0)


def test_who_takes_the_answer_gets_it_although_the_server_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "LAST_ANSWER_SECONDS", PATIENCE_SECONDS)
    with serving() as (server, recorder), server.connect(receive_buffer=4096) as wire:
        wire.send(LARGE)
        wait_until(lambda: len(recorder.seen) == 1)
        server.server.should_exit = True
        assert len(wire.answer().body) == wire_support.LARGE


def test_an_answer_that_is_not_read_can_be_broken_off() -> None:
    ended = threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SHORT):
                while True:
                    await send({"type": "http.response.body", "body": b"x" * wire_support.PIECE, "more_body": True})
        await break_off(scope, receive)
        ended.set()

    with ThreadedServer(app, PATIENT) as server, server.connect(receive_buffer=4096) as wire:
        wire.send(GET)
        assert ended.wait(PATIENCE_SECONDS)
        wait_until(lambda: len(server.server.open_connections) == 0)


def test_who_takes_the_answer_slowly_gets_it() -> None:
    with serving(answer_seconds=LESS_SHORT) as (server, _), server.connect(receive_buffer=4096) as wire:
        wire.send(LARGE)
        with server.connect(receive_buffer=4096) as other:
            other.send(LARGE)
            wait_until(lambda: len(server.server.open_connections) == 2)
            answer = wire.answer(while_slow=lambda: len(server.server.open_connections) == 2)
        assert len(answer.body) == wire_support.LARGE


def test_who_goes_on_sending_after_a_refusal_is_cut_off() -> None:
    with serving(linger_seconds=SHORT) as (server, _), server.connect() as wire:
        wire.send(b"no HTTP at all\r\n\r\n")
        assert wire.answer().status == 400
        with pytest.raises(ConnectionError):
            wire.send_for_ever(b"more")


def test_with_hundreds_that_stay_others_are_served_at_once() -> None:
    with serving(max_connections=50) as (server, _), server.connect() as friend, contextlib.ExitStack() as held:
        for number in range(300):
            wire = held.enter_context(server.connect())
            wire.send([b"", b"GET / HT", POST + b"Content-Length: 9\r\n\r\nhalf"][number % 3])
            assert friend.ask(GET).status == 200
            with server.connect() as newcomer:
                assert newcomer.ask(GET).status == 200
        assert len(server.server.open_connections) <= 50


def test_requests_under_way_keep_their_place_and_a_newcomer_is_told_to_come_back() -> None:
    with serving(max_connections=10) as (server, recorder), contextlib.ExitStack() as held:
        wires = [held.enter_context(server.connect()) for _ in range(10)]
        for wire in wires:
            wire.send(GET.replace(b"/first", b"/held"))
        wait_until(lambda: len(recorder.seen) == 10)
        with server.connect() as newcomer:
            answer = newcomer.answer()
            assert (answer.status, answer.problem["code"], answer.headers["retry-after"]) == (503, "busy", "1")
            assert newcomer.is_ended()
        recorder.release()
        assert [wire.answer().status for wire in wires] == [200] * 10
        with server.connect() as newcomer:
            assert newcomer.ask(GET).status == 200
