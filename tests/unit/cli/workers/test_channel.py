"""Messages between supervisor and worker arrive whole and in order, and nobody waits for one who does not read."""

import socket
from collections.abc import Iterator

import pytest

from taskhub.cli.server.workers.channel import Channel, Kind, Message

LARGE = b"x" * 5_000_000
"""More than a socket takes at once."""


@pytest.fixture
def ends() -> Iterator[tuple[Channel, Channel]]:
    one, other = socket.socketpair()
    with one, other:
        yield Channel(one), Channel(other)


def test_messages_arrive_in_order_with_their_bodies(ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    one.send(Kind.SERVES)
    one.send(Kind.MEASURED, b"much")
    assert other.receive() == [Message(Kind.SERVES), Message(Kind.MEASURED, b"much")]
    assert other.receive() == []


def test_a_message_that_is_larger_than_the_socket_takes_goes_out_in_pieces(ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    one.send(Kind.MEASURED, LARGE)
    assert one.has_unsent
    messages: list[Message] = []
    while not messages:
        messages = other.receive()
        one.flush()
    assert messages == [Message(Kind.MEASURED, LARGE)]
    assert not one.has_unsent


def test_what_was_said_before_the_end_is_received(ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    one.send(Kind.MEASURED, b"last")
    one.close()
    assert other.receive() == [Message(Kind.MEASURED, b"last")]
    with pytest.raises(EOFError):
        other.receive()


def test_what_is_sent_at_the_end_waits_for_nobody_who_does_not_read(ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    one.send(Kind.MEASURED, LARGE)
    one.send_all(0.01)
    assert not one.has_unsent
    other.close()
    one.send(Kind.SERVES)
    assert not one.has_unsent
