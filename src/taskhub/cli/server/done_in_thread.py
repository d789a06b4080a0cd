"""Imports in another thread while this one starts a database: both take about as long."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
SWITCH_SECONDS = 0.0005
"""How long a thread that imports keeps the one that starts the database waiting, each time that it has waited for a file."""


@contextmanager
def done_in_thread(work: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Does work in another thread. Calling the result waits for its end, and returns or raises what the work does.

    Until the block ends threads take turns more often: this one waits for files and programs, and comes back late otherwise.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        with ThreadPoolExecutor(max_workers=1) as thread:
            yield thread.submit(work).result
    finally:
        sys.setswitchinterval(before)
