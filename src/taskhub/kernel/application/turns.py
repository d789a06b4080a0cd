"""Long work in turns: whoever goes through many things lets the process serve others in between."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

THINGS_PER_TURN = 100
"""That are handled at a stretch: some milliseconds of work."""

T = TypeVar("T")


async def in_turns(things: Iterable[T]) -> AsyncIterator[T]:
    """Goes through things. After every hundred of them others have their turn."""
    for number, thing in enumerate(things, 1):
        yield thing
        if number % THINGS_PER_TURN == 0:
            await asyncio.sleep(0)
