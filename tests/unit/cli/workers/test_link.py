"""A worker that can't hear of the others says so, instead of its own numbers alone."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.types import Message

from taskhub.cli.server.workers import link as link_module
from taskhub.cli.server.workers.channel import Channel
from taskhub.cli.server.workers.link import SupervisorLink
from taskhub.kernel.application.errors import Unavailable
from taskhub.service.metrics import metrics_app


@asynccontextmanager
async def linked(monkeypatch: pytest.MonkeyPatch, seconds: float) -> AsyncIterator[tuple[SupervisorLink, socket.socket]]:
    """A link, and the supervisor's end of it."""
    monkeypatch.setattr(link_module, "snapshot_of", lambda _: b"")
    monkeypatch.setattr(link_module, "PEERS_SECONDS", seconds)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        link = SupervisorLink(Channel(theirs))
        async with link.serving(SimpleNamespace(state=SimpleNamespace())):
            yield link, ours
            asyncio.get_running_loop().remove_reader(theirs)


async def test_a_supervisor_that_does_not_answer_is_no_lack_of_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    async with linked(monkeypatch, 0.01) as (link, _):
        with pytest.raises(Unavailable):
            await link.snapshots(b"")


async def test_who_asks_hears_at_once_that_the_supervisor_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    async with asyncio.timeout(30), linked(monkeypatch, 3600) as (link, supervisor):
        asking = asyncio.create_task(link.snapshots(b""))
        await asyncio.sleep(0)
        supervisor.close()
        with pytest.raises(Unavailable):
            await asking
        with pytest.raises(Unavailable):
            await link.snapshots(b"")


async def test_the_separate_port_answers_503_then(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_: Any) -> bytes:
        raise Unavailable

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    monkeypatch.setattr("taskhub.service.metrics.measurements", fail)
    sent: list[Message] = []
    scope = {"type": "http", "method": "GET", "path": "/metrics", "headers": [], "query_string": b"", "root_path": ""}
    await metrics_app(None)(scope, receive, send)
    assert sent[0]["status"] == 503
