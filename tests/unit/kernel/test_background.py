"""Work beside the requests ends with them."""

import asyncio

import pytest

from support.fakes.modules import FakeContainer, fake_module
from taskhub import background
from taskhub.background import Background, running_loops
from taskhub.container import Container
from taskhub.modules.collection import Modules
from taskhub.settings import Settings


async def test_a_loop_that_swallows_a_cancellation_ends_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "CANCEL_SECONDS", 0.01)
    asked: list[str] = []

    async def stubborn() -> None:
        while len(asked) < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                asked.append("to end")

    async with running_loops(stubborn):
        await asyncio.sleep(0)
    assert len(asked) == 2


async def test_a_loop_of_a_module_that_fails_is_called_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "RESTART_SECONDS", 0.0)
    monkeypatch.setattr(background.log, "exception", lambda told, **more: failures.append((told, more["loop"])))
    failures: list[tuple[str, str]] = []
    goes_on = asyncio.Event()

    async def tick() -> None:
        if not failures:
            raise ValueError("planted")
        goes_on.set()

    container = Container(
        settings=Settings(_env_file=None),
        database_url="postgresql://127.0.0.1:1/nowhere",
        secret_keys=(b"x",),
        installed=Modules([fake_module("clocks", FakeContainer(background=[tick]))]),
    )
    monkeypatch.setattr(container, "subscribers", lambda: iter(()))
    async with Background(container).running(), asyncio.timeout(60):
        await goes_on.wait()
    assert failures == [("a loop failed", tick.__qualname__)]
