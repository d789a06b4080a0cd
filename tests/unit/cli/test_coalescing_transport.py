import asyncio
from typing import cast

from taskhub.cli.server.transport import CoalescingTransport


class FakeTransport:
    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes) -> None:
        assert not self.is_closed
        self.written.append(data)

    def write_eof(self) -> None:
        self.written.append(b"<end>")

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed

    def get_extra_info(self, name: str) -> str:
        return f"the {name}"


def joined(transport: FakeTransport) -> CoalescingTransport:
    return CoalescingTransport(cast("asyncio.Transport", transport), asyncio.get_running_loop())


async def test_head_and_body_go_out_as_one() -> None:
    transport = FakeTransport()
    joining = joined(transport)

    joining.write(b"head ")
    joining.write(b"body")

    assert transport.written == [b"head body"]


async def test_a_head_alone_goes_out_in_the_next_turn_of_the_loop() -> None:
    transport = FakeTransport()
    joining = joined(transport)

    joining.write(b"head")
    held = list(transport.written)
    await asyncio.sleep(0)

    assert (held, transport.written) == ([], [b"head"])


async def test_nothing_is_sent_twice() -> None:
    transport = FakeTransport()
    joining = joined(transport)

    joining.write(b"head ")
    joining.write(b"body")
    await asyncio.sleep(0)

    assert transport.written == [b"head body"]


async def test_no_more_than_one_piece_waits_however_many_are_written_in_a_turn() -> None:
    transport = FakeTransport()
    joining = joined(transport)

    for piece in (b"1", b"2", b"3", b"4", b"5"):
        joining.write(piece)

    assert transport.written == [b"12", b"34"]


async def test_what_is_held_goes_out_before_the_end() -> None:
    transport = FakeTransport()
    joining = joined(transport)

    joining.write(b"the last words")
    joining.close()

    assert (transport.written, transport.is_closed) == ([b"the last words"], True)


async def test_what_is_held_goes_out_before_no_more_is_sent() -> None:
    transport = FakeTransport()
    joining = joined(transport)

    joining.write(b"the last words")
    joining.write_eof()

    assert transport.written == [b"the last words", b"<end>"]


async def test_nothing_is_written_to_a_connection_that_is_gone() -> None:
    transport = FakeTransport()
    joining = joined(transport)

    joining.write(b"for nobody")
    transport.close()
    await asyncio.sleep(0)

    assert transport.written == []


async def test_all_else_is_asked_of_the_transport() -> None:
    assert joined(FakeTransport()).get_extra_info("peername") == "the peername"
