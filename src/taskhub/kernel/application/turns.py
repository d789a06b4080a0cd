"""Long work in turns: whoever goes through many things lets the process serve others in between."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import ParamSpec, TypeVar

THINGS_PER_TURN = 100
"""That are handled at a stretch: some milliseconds of work."""

T = TypeVar("T")
P = ParamSpec("P")


async def in_turns(things: Iterable[T]) -> AsyncIterator[T]:
    """Goes through things. After every hundred of them others have their turn."""
    for number, thing in enumerate(things, 1):
        yield thing
        if number % THINGS_PER_TURN == 0:
            await asyncio.sleep(0)


async def in_thread_if_many(things: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Works on so many things, in a thread if they are more than a hundred: others have their turn every few milliseconds.

    Nobody else may change what it reads meanwhile. If the caller is cancelled, the work goes on to its end.
    """
    return work(*args, **kwargs) if things <= THINGS_PER_TURN else await asyncio.to_thread(work, *args, **kwargs)
