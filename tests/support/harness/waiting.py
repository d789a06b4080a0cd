"""Waiting for a condition, for a limited time."""

import asyncio
import time
from collections.abc import Awaitable, Callable

PATIENCE_SECONDS = 30.0
"""How long tests wait for what should happen at once. Only a failure takes this long."""
PAUSE_SECONDS = 0.01
PROGRAM_SECONDS = 300.0
"""How long a program may take that a test starts and waits for. On a loaded machine, too, only one that hangs takes this long."""


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    """Asks again and again until the condition holds. A condition that never does is a TimeoutError."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await condition():
            await asyncio.sleep(PAUSE_SECONDS)  # What is waited for happens in another process or in the database.


def wait_until(condition: Callable[[], bool]) -> None:
    """The same where the test has no event loop, or what is waited for needs its thread."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(PAUSE_SECONDS)
