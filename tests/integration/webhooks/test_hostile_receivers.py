"""What receivers and their names may do: a try ends in time, takes little, and reaches no address that is not allowed."""

import asyncio
import gzip
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest

from support.harness.certificates import server_context
from support.harness.waiting import PATIENCE_SECONDS, eventually
from support.harness.webhook_receiver import Received, Receiver, answering, receiving
from taskhub.kernel.application.clock import system_clock
from taskhub.webhooks.domain.delivery import Outcome
from taskhub.webhooks.domain.networks import AllowedAddresses
from taskhub.webhooks.infrastructure import sender as sending
from taskhub.webhooks.infrastructure.names import SystemNames, TooManyLookups
from taskhub.webhooks.infrastructure.sender import MAX_ANSWER_BYTES, SHOWN_BYTES, HttpSender, Resolve

ALLOWED, INTERNAL = "127.0.0.2", "127.0.0.1"
"""Of the two addresses of this machine one may be sent to, as if it were public."""
BODY = b'{"type":"task.created"}'
Writing = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Names:
    """Answers each lookup with the next of some lists of addresses; the last one stays."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = [*answers]
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def sender(resolve: Resolve | None = None, *, allowed: str = f"{ALLOWED}/32", ssl_context: Any = None) -> HttpSender:
    networks = AllowedAddresses([allowed] if allowed else [])
    return HttpSender(networks, system_clock, monotonic, resolve or SystemNames(), ssl_context)


async def send(url: str, by: HttpSender | None = None) -> Outcome:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await (by or sender()).send(url, {"webhook-id": "1"}, BODY)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving(ALLOWED) as receiver:
        yield receiver


@pytest.fixture
async def internal() -> AsyncIterator[Receiver]:
    """What is to be reached by nobody."""
    async with receiving(INTERNAL) as receiver:
        yield receiver
        assert receiver.connections == 0


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A try may take half a second."""
    monkeypatch.setattr(sending, "TRY_SECONDS", 0.5)


def url_of(receiver: Receiver, host: str = ALLOWED) -> str:
    return f"{receiver.scheme}://{host}:{receiver.port}/hook"


def writing(write: Writing) -> Callable[[Received, asyncio.StreamWriter], Awaitable[None]]:
    async def answer(received: Received, writer: asyncio.StreamWriter) -> None:
        await write(writer)

    return answer


# -- addresses --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.1",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ],
)
async def test_no_form_of_an_internal_address_is_reached(internal: Receiver, host: str) -> None:
    outcome = await send(url_of(internal, host))
    assert (outcome.status, outcome.error in ("address_not_allowed", "unknown_host")) == (None, True)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "::1%lo", "fe80::1%lo", "0177.0.0.1"]
)
async def test_no_name_leads_to_an_internal_address(internal: Receiver, address: str) -> None:
    outcome = await send(url_of(internal, "innocent.example.com"), sender(Names([address])))
    assert (outcome.status, outcome.error) == (None, "address_not_allowed")


async def test_a_name_that_changes_after_it_was_looked_up_changes_nothing(receiver: Receiver, internal: Receiver) -> None:
    """The second lookup, which a client that only checks would leave to the system, gives an internal address."""
    names = Names([ALLOWED], [INTERNAL])
    async with receiving(INTERNAL, port=receiver.port) as trap:
        outcome = await send(url_of(receiver, "changing.example.com"), sender(names))
    assert (outcome.status, names.asked, trap.connections) == (204, ["changing.example.com"], 0)
    assert receiver.received[0].headers["host"] == f"changing.example.com:{receiver.port}"


async def test_of_several_addresses_only_those_that_are_allowed_are_tried(receiver: Receiver) -> None:
    async with receiving(INTERNAL, port=receiver.port) as trap:
        outcome = await send(url_of(receiver, "both.example.com"), sender(Names([INTERNAL, ALLOWED])))
    assert (outcome.status, trap.connections) == (204, 0)


async def test_the_next_address_is_tried_where_one_refuses(receiver: Receiver) -> None:
    networks = "127.0.0.2/31"
    outcome = await send(url_of(receiver, "two.example.com"), sender(Names(["127.0.0.3", ALLOWED]), allowed=networks))
    assert outcome.status == 204


async def test_a_redirect_is_a_failure_and_not_followed(receiver: Receiver, internal: Receiver) -> None:
    for status in (301, 302, 303, 307, 308):
        receiver.answer = answering(status, b"", f"location: {url_of(internal, INTERNAL)}")
        outcome = await send(url_of(receiver))
        assert (outcome.status, outcome.is_success) == (status, False)


async def test_no_proxy_of_the_environment_is_asked(
    receiver: Receiver, internal: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://{INTERNAL}:{internal.port}")
    assert (await send(url_of(receiver))).status == 204


async def test_a_name_that_nobody_knows_is_told() -> None:
    async def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert (await send("http://unknown.example.com/", sender(unknown))).error == "unknown_host"


async def test_a_lookup_that_hangs_ends_with_the_try(hurried: None) -> None:
    async def hang(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    assert (await send("http://hanging.example.com/", sender(hang))).error == "timeout"


async def test_lookups_that_hang_hold_up_no_other_work() -> None:
    """The threads of the event loop stay free."""
    free = Event()
    names = SystemNames(lambda *_, **__: free.wait(PATIENCE_SECONDS) and [])
    lookups = [asyncio.create_task(names(f"hanging-{number}.example.com", 80)) for number in range(60)]
    await asyncio.sleep(0)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS / 2):
            assert await asyncio.to_thread(lambda: "done") == "done"
        assert not any(lookup.done() for lookup in lookups)
    finally:
        free.set()
        await asyncio.gather(*lookups)


async def test_a_name_is_looked_up_once_for_all_who_ask_meanwhile() -> None:
    free, asked = Event(), list[str]()

    def look_up(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        free.wait(PATIENCE_SECONDS)
        return [(None, None, None, None, ("192.0.2.1", 80))]

    names = SystemNames(look_up)
    lookups = [asyncio.create_task(names("slow.example.com", 80)) for _ in range(5)]
    await asyncio.sleep(0)
    lookups[0].cancel()
    free.set()
    assert (await asyncio.gather(*lookups[1:]), asked) == ([["192.0.2.1"]] * 4, ["slow.example.com"])
    assert await names("slow.example.com", 80) == ["192.0.2.1"]
    assert len(asked) == 2


async def test_where_too_many_names_hang_the_others_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is no failure of a receiver: nothing was tried."""
    monkeypatch.setattr("taskhub.webhooks.infrastructure.names.MAX_LOOKUPS", 2)
    free = Event()
    names = SystemNames(lambda *_, **__: free.wait(PATIENCE_SECONDS) and [])
    lookups = [asyncio.create_task(names(f"hanging-{number}.example.com", 80)) for number in range(2)]
    await asyncio.sleep(0)
    try:
        with pytest.raises(TooManyLookups):
            await send("http://other.example.com/", sender(names))
    finally:
        free.set()
        await asyncio.gather(*lookups)


# -- TLS --------------------------------------------------------------------------------------------


def trusting(file: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(file))


async def test_the_certificate_is_checked_against_the_name_which_is_the_one_that_is_asked_for(tmp_path: Path) -> None:
    context = server_context("hooks.example.com", tmp_path)
    asked_for: list[str | None] = []
    context.sni_callback = lambda _, name, __: asked_for.append(name)
    good = sender(Names([ALLOWED]), ssl_context=trusting(tmp_path / "hooks.example.com.pem"))
    async with receiving(ALLOWED, context) as receiver:
        assert (await send(url_of(receiver, "hooks.example.com"), good)).status == 204
        assert asked_for == ["hooks.example.com"]
        assert (await send(url_of(receiver, "other.example.com"), good)).error == "connection_failed"
        assert (await send(url_of(receiver), good)).error == "connection_failed"
        assert len(receiver.received) == 1


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    async with receiving(ALLOWED, server_context("hooks.example.com", tmp_path)) as receiver:
        outcome = await send(url_of(receiver, "hooks.example.com"), sender(Names([ALLOWED])))
    assert (outcome.error, receiver.received) == ("connection_failed", [])


async def test_one_that_does_not_speak_tls_is_told_and_left(receiver: Receiver, hurried: None) -> None:
    outcome = await send(url_of(receiver).replace("http://", "https://"))
    assert outcome.error in ("connection_failed", "timeout", "connection_lost")
    await eventually(lambda: _is_left(receiver))


async def _is_left(receiver: Receiver) -> bool:
    return receiver.connections == receiver.closed == 1


# -- answers ----------------------------------------------------------------------------------------


async def test_a_receiver_that_never_answers_has_had_its_time(receiver: Receiver, hurried: None) -> None:
    async def hang(writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    receiver.answer = writing(hang)
    outcome = await send(url_of(receiver))
    assert (outcome.status, outcome.error) == (None, "timeout")
    assert outcome.duration_ms >= 400


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n"])
async def test_one_that_answers_bit_by_bit_has_no_more_time_than_others(receiver: Receiver, hurried: None, head: bytes) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    receiver.answer = writing(drip)
    assert (await send(url_of(receiver))).error == "timeout"
    await eventually(lambda: _is_idle(receiver))


async def _is_idle(receiver: Receiver) -> bool:
    return receiver.under_way == 0


async def test_interim_answers_without_end_are_no_answer(receiver: Receiver, hurried: None) -> None:
    async def go_on(writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100)
            await writer.drain()
            await asyncio.sleep(0.01)

    receiver.answer = writing(go_on)
    assert (await send(url_of(receiver))).error == "timeout"


async def endless(writer: asyncio.StreamWriter, sent: list[int], what: bytes) -> None:
    while True:
        writer.write(what)
        await writer.drain()
        sent.append(len(what))


async def test_of_an_answer_without_end_64_kb_are_read(receiver: Receiver) -> None:
    sent: list[int] = []

    async def go_on(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n")
        await endless(writer, sent, b"y" * 1024)

    receiver.answer = writing(go_on)
    outcome = await send(url_of(receiver))
    assert (outcome.status, outcome.response) == (200, "y" * SHOWN_BYTES)
    await eventually(lambda: _is_idle(receiver))
    assert sum(sent) < MAX_ANSWER_BYTES + 16 * 1024 * 1024, "no more than the buffers of the system hold"


async def test_headers_without_end_are_no_answer(receiver: Receiver) -> None:
    async def go_on(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        await endless(writer, [], b"x-more: " + b"y" * 1000 + b"\r\n")

    receiver.answer = writing(go_on)
    assert (await send(url_of(receiver))).error == "malformed_answer"


async def test_a_gzip_bomb_stays_packed(receiver: Receiver) -> None:
    bomb = gzip.compress(bytes(50 * 1024 * 1024))
    receiver.answer = answering(200, bomb, "content-encoding: gzip")
    outcome = await send(url_of(receiver))
    assert (outcome.status, len(outcome.response) <= SHOWN_BYTES) == (200, True)
    assert receiver.received[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nno",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"\0" * 100,
    ],
    ids=str,
)
async def test_what_is_no_answer_is_a_failure(receiver: Receiver, answer: bytes) -> None:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    receiver.answer = writing(write)
    outcome = await send(url_of(receiver))
    assert (outcome.status, outcome.error in ("malformed_answer", "connection_lost")) == (None, True)


async def test_a_reset_is_a_failure(receiver: Receiver) -> None:
    async def reset(writer: asyncio.StreamWriter) -> None:
        found: Any = writer.get_extra_info("socket")
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.close()

    receiver.answer = writing(reset)
    outcome = await send(url_of(receiver))
    assert (outcome.status, outcome.error) == (None, "connection_lost")


async def test_nobody_there_is_a_failure() -> None:
    with socket.socket() as unused:
        unused.bind((ALLOWED, 0))
        assert (await send(f"http://{ALLOWED}:{unused.getsockname()[1]}/")).error == "connection_failed"


async def test_what_can_not_be_shown_is_replaced(receiver: Receiver) -> None:
    receiver.answer = answering(500, b"a\x00b\xff\x1b[31mc\n")
    assert (await send(url_of(receiver))).response == "a\ufffdb\ufffd\ufffd[31mc\n"


@pytest.mark.parametrize(
    ("status", "value", "expected"),
    [(429, "120", 120), (503, "0", 0), (429, "soon", None), (429, "-1", None), (429, "9" * 30, None), (500, "120", None)],
)
async def test_retry_after_is_read_in_seconds(receiver: Receiver, status: int, value: str, expected: int | None) -> None:
    receiver.answer = answering(status, b"", f"retry-after: {value}")
    outcome = await send(url_of(receiver))
    assert outcome.retry_after == (None if expected is None else timedelta(seconds=expected))


async def test_retry_after_is_read_as_a_date(receiver: Receiver) -> None:
    receiver.answer = answering(429, b"", f"retry-after: {format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)}")
    outcome = await send(url_of(receiver))
    assert outcome.retry_after is not None
    assert timedelta(hours=1, minutes=59) < outcome.retry_after <= timedelta(hours=2)


@pytest.mark.parametrize(
    "value",
    ["Wed, 99999999999999999999 Nov 2026 10:00:00 GMT", "Wed, 25 Nov 2026 10:00:00 +99999999999999999999", "soon", "-5", ""],
)
async def test_a_retry_after_that_means_nothing_is_left_alone(receiver: Receiver, value: str) -> None:
    receiver.answer = answering(503, b"", f"retry-after: {value}")
    outcome = await send(url_of(receiver))
    assert (outcome.status, outcome.retry_after) == (503, None)
