"""Waiting for a condition, for a limited time."""

import asyncio
from collections.abc import Awaitable, Callable

PATIENCE_SECONDS = 30.0
"""How long tests wait for what should happen at once. Only a failure takes this long."""
PAUSE_SECONDS = 0.01


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    """Asks again and again until the condition holds. A condition that never does is a TimeoutError."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await condition():
            await asyncio.sleep(PAUSE_SECONDS)  # What is waited for happens in another process or in the database.
