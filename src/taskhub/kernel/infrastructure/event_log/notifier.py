"""The bell that wakes subscribers in this process when a log has grown."""

import asyncio
from collections.abc import Iterable


class StreamSignal:
    """Only a hint that saves waiting: whoever needs certainty polls as well."""

    def __init__(self) -> None:
        self._listeners: list[tuple[frozenset[str], asyncio.Event]] = []

    def listen(self, types: Iterable[str]) -> asyncio.Event:
        """Registers interest in types of events. What is returned is set when one was committed."""
        bell = asyncio.Event()
        self._listeners.append((frozenset(types), bell))
        return bell

    def ring(self, types: set[str]) -> None:
        """Tells that events of these types were committed."""
        for wanted, bell in self._listeners:
            if not wanted.isdisjoint(types):
                bell.set()
