"""Wakes subscribers in this process when a log has grown."""

import asyncio
from collections.abc import Iterable


class EventNotifier:
    """Only a hint that saves waiting: whoever needs certainty polls as well."""

    def __init__(self) -> None:
        self._listeners: list[tuple[frozenset[str], asyncio.Event]] = []

    def listen(self, types: Iterable[str]) -> asyncio.Event:
        """Registers interest in types of events. What is returned is set when one was committed."""
        event = asyncio.Event()
        self._listeners.append((frozenset(types), event))
        return event

    def notify(self, types: set[str]) -> None:
        """Tells that events of these types were committed."""
        for wanted, event in self._listeners:
            if not wanted.isdisjoint(types):
                event.set()
