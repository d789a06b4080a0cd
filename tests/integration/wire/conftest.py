"""A server that keeps what it is asked."""

from collections.abc import Iterator

import pytest

from support.wire import Recorder, WireServer, recording
from taskhub.cli.server.connections import ConnectionLimits


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[WireServer, Recorder]]:
    """One for all tests of a file."""
    with recording(ConnectionLimits(max_connections=100)) as running:
        yield running


@pytest.fixture
def server(running: tuple[WireServer, Recorder]) -> WireServer:
    server, recorder = running
    recorder.forget()
    return server


@pytest.fixture
def recorder(server: WireServer, running: tuple[WireServer, Recorder]) -> Recorder:
    return running[1]
