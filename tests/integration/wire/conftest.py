"""A server that keeps what it is asked."""

from collections.abc import Iterator

import pytest

from support.harness.raw_http import Recorder, ThreadedServer, recording
from taskhub.cli.server.connections import ConnectionLimits


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[ThreadedServer, Recorder]]:
    """One for all tests of a file."""
    with recording(ConnectionLimits(max_connections=100)) as running:
        yield running


@pytest.fixture
def server(running: tuple[ThreadedServer, Recorder]) -> ThreadedServer:
    server, recorder = running
    recorder.forget()
    return server


@pytest.fixture
def recorder(server: ThreadedServer, running: tuple[ThreadedServer, Recorder]) -> Recorder:
    return running[1]
