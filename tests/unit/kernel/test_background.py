"""Work beside the requests ends with them."""

import asyncio

import pytest

from taskhub import background
from taskhub.background import running_loops


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
