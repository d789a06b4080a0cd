"""The real service with few file descriptors, and somebody who opens more connections than there are."""

import contextlib
import resource
import socket
from collections.abc import Callable, Iterator

import pytest

from support.harness.program import TASKHUB, Installation, Served
from support.harness.waiting import PATIENCE_SECONDS

DESCRIPTORS = 1024
STAYING = 1100
HALVES = (b"", b"POST /v1/us", b"POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")


@pytest.fixture(scope="module")
def served(new_installation: Callable[..., Installation]) -> Iterator[Served]:
    with new_installation().start(("sh", "-c", f"ulimit -n {DESCRIPTORS} && exec {' '.join(TASKHUB)} serve")) as served:
        served.wait_until_ready()
        yield served


@pytest.fixture
def crowd(served: Served) -> Iterator[contextlib.ExitStack]:
    """Keeps connections open; this process may open enough of them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 2 * STAYING), hard), hard))
    with contextlib.ExitStack() as held:
        yield held
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_whoever_stays_shuts_nobody_out(served: Served, crowd: contextlib.ExitStack) -> None:
    served.sign_up("first@example.com")
    address = ("127.0.0.1", served.client.base_url.port or 0)
    for number in range(STAYING):
        wire = crowd.enter_context(socket.create_connection(address, PATIENCE_SECONDS))
        with contextlib.suppress(ConnectionError):
            wire.sendall(HALVES[number % len(HALVES)])

    served.client.close()
    served.reconnect()
    served.sign_up("second@example.com")
    assert served.sign_in("second@example.com")
    assert "Too many open files" not in served.log
    assert "fewer connections than configured" in served.log
