"""A head is bounded however its bytes come, whatever it offers."""

import asyncio
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from taskhub.cli.server.connections import ConnectionLimits, Connections
from taskhub.cli.server.protocol import HttpProtocol


class Transport(asyncio.Transport):
    """What a client would get."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.is_closed = False

    def write(self, data: Any) -> None:
        self.sent += bytes(data)

    def get_write_buffer_size(self) -> int:
        return 0

    def write_eof(self) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True


async def answer_to(*packets: bytes) -> bytes:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    config = uvicorn.Config(app, ws="none", lifespan="off", log_config=None, access_log=False)
    config.load()
    protocol = HttpProtocol(config, ServerState(), {}, open_connections=Connections(ConnectionLimits(max_connections=10)))
    transport = Transport()
    protocol.connection_made(transport)
    for packet in packets:
        protocol.data_received(packet)
    for _ in range(10):
        await asyncio.sleep(0)
    protocol.connection_lost(None)
    return transport.sent


@pytest.mark.parametrize(
    "offer", [b"", b"Upgrade: h2c\r\nConnection: Upgrade\r\n", b"Upgrade: websocket\r\nConnection: Upgrade\r\n"]
)
async def test_a_head_in_two_packets_is_no_larger_than_one_in_one(offer: bytes) -> None:
    head = b"GET /v1 HTTP/1.1\r\nHost: x\r\n" + offer + b"X-Large: " + b"a" * 200_000
    assert (await answer_to(head, b"\r\n\r\n")).startswith(b"HTTP/1.1 431 ")


async def test_a_head_that_fits_is_read() -> None:
    assert (await answer_to(b"GET /v1 HTTP/1.1\r\nHost: x\r\n", b"\r\n")).startswith(b"HTTP/1.1 200 ")
