"""Requests to an application of this process: with time-outs, and lost connections, as if there were a network."""

import asyncio
import time
from typing import Any

import httpx2
import pytest

from support.harness.waiting import PATIENCE_SECONDS, eventually
from taskhub.testing.client.app_transport import AppTransport

URL = "http://app.test/"


class FakeApp:
    """Answers when it may. ``heard``: what it received after its request."""

    def __init__(self) -> None:
        self.is_asked = self.is_done = False
        self.may_answer = asyncio.Event()
        self.heard: list[str] = []

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        self.is_asked = True
        await receive()
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})
        self.heard.append((await receive())["type"])
        self.is_done = True


@pytest.fixture
def app() -> FakeApp:
    return FakeApp()


@pytest.fixture
def transport(app: FakeApp) -> AppTransport:
    return AppTransport({"app.test": app})


async def get(transport: AppTransport, seconds: float | None = PATIENCE_SECONDS, url: str = URL) -> httpx2.Response:
    async with httpx2.AsyncClient(transport=transport, timeout=seconds) as client:
        return await client.get(url)


@pytest.mark.parametrize("seconds", [PATIENCE_SECONDS, None])
async def test_an_answer_in_time_is_given(app: FakeApp, transport: AppTransport, seconds: float | None) -> None:
    app.may_answer.set()
    answer = await get(transport, seconds)
    assert (answer.text, app.heard) == ("done", ["http.disconnect"])


async def test_a_late_answer_is_a_time_out_and_the_work_is_done_nevertheless(app: FakeApp, transport: AppTransport) -> None:
    with pytest.raises(httpx2.ReadTimeout):
        await get(transport, 0.01)
    assert not app.is_done
    app.may_answer.set()
    await eventually(lambda: asyncio.sleep(0, app.is_done))


async def test_who_is_cancelled_has_asked_nevertheless(app: FakeApp, transport: AppTransport) -> None:
    asking = asyncio.create_task(get(transport))
    await eventually(lambda: asyncio.sleep(0, app.is_asked))
    asking.cancel()
    await asyncio.wait([asking], timeout=PATIENCE_SECONDS)
    app.may_answer.set()
    await eventually(lambda: asyncio.sleep(0, app.is_done))


async def test_a_stop_in_a_debugger_takes_no_time() -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        time.sleep(0.5)  # noqa: ASYNC251  # The loop stands still: that is what is tested.
        for _ in range(20):
            await asyncio.sleep(0)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})

    assert (await get(AppTransport({"app.test": app}), 0.25)).text == "done"


async def test_what_does_not_answer_has_lost_the_connection() -> None:
    async def fail(_scope: Any, _receive: Any, _send: Any) -> None:
        raise ValueError("planted")

    async def say_nothing(_scope: Any, _receive: Any, _send: Any) -> None: ...

    for app in (fail, say_nothing):
        with pytest.raises(httpx2.RemoteProtocolError, match="without sending a response"):
            await get(AppTransport({"app.test": app}))


async def test_a_server_that_ends_breaks_off_what_is_under_way_and_takes_nothing_more(
    app: FakeApp, transport: AppTransport
) -> None:
    asking = asyncio.create_task(get(transport))
    await eventually(lambda: asyncio.sleep(0, app.is_asked))
    await transport.end()
    with pytest.raises(httpx2.RemoteProtocolError):
        await asyncio.wait_for(asking, PATIENCE_SECONDS)
    with pytest.raises(httpx2.ConnectError, match="was stopped"):
        await get(transport)


async def test_other_hosts_are_not_there(transport: AppTransport) -> None:
    with pytest.raises(httpx2.ConnectError, match=r"only app\.test"):
        await get(transport, url="http://example.com/")
