"""How a long-running command ends: SIGTERM and Ctrl-C unwind it, so that what it started is stopped in order."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def exit_on_signals() -> Iterator[None]:
    """To be asked to end is no failure: the block is left with exit code 0."""
    before = {number: signal.signal(number, _exit) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(0)


async def wait_for_signal() -> None:
    """Returns when the process is asked to end."""
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    before = {number: signal.signal(number, lambda *_: loop.call_soon_threadsafe(asked.set)) for number in SIGNALS}
    try:
        await asked.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
