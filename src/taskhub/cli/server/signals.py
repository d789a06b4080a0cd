"""SIGTERM and Ctrl-C of long-running commands: they unwind the stack, so that everything is stopped in order."""

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
    """In the block a signal raises `SystemExit` with code 0: being asked to end is no failure."""
    before = {number: signal.signal(number, _exit) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(0)


async def wait_for_signal() -> None:
    """Returns when the process gets SIGINT or SIGTERM."""
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    before = {number: signal.signal(number, lambda *_: loop.call_soon_threadsafe(asked.set)) for number in SIGNALS}
    try:
        await asked.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
