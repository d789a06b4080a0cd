"""A world to call operations in, and the application on a real port."""

import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator

import pytest
import uvicorn

from integration.conftest import make_container
from support.harness.api import Api
from support.harness.leaving_streams import LeavingStreams
from support.harness.operations import SampleData
from taskhub.app import TaskHub

START_SECONDS = 20


@pytest.fixture(scope="session")
async def sample(app: TaskHub) -> AsyncIterator[SampleData]:
    """Shared: nothing that a test does with it may succeed in changing it."""
    async with Api.on(app) as api:
        await api.sign_up()
        yield await SampleData.create(api)


@pytest.fixture(scope="session")
async def stranger(app: TaskHub) -> AsyncIterator[Api]:
    """Somebody who is signed in and is no member of the world's workspace."""
    async with Api.on(app) as api:
        await api.sign_up(name="Mallory")
        yield api


@pytest.fixture(scope="session")
def server_url(database_url: str) -> Iterator[str]:
    """The address of a real server, in a thread of this process: for what only the wire shows."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = TaskHub(make_container(database_url))
    server = uvicorn.Server(uvicorn.Config(LeavingStreams(app), http="httptools", log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.started
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(START_SECONDS)
