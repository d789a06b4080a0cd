"""Wakes those in this process who wait for a log to grow."""

import asyncio
from collections.abc import Callable, Iterable
from uuid import UUID


class EventNotifier:
    """Only a hint that saves waiting: whoever needs certainty polls as well."""

    def __init__(self) -> None:
        self._listeners: list[tuple[frozenset[str], asyncio.Event]] = []
        self._watchers: list[Callable[[set[UUID]], None]] = []

    def listen(self, types: Iterable[str]) -> asyncio.Event:
        """Registers interest in types of events. What is returned is set when one was committed."""
        event = asyncio.Event()
        self._listeners.append((frozenset(types), event))
        return event

    def watch(self, grown: Callable[[set[UUID]], None]) -> None:
        """Registers what is called with the streams that have grown, after each commit."""
        self._watchers.append(grown)

    def notify(self, types: set[str], streams: set[UUID]) -> None:
        """Tells that events of these types were committed to these streams."""
        for wanted, event in self._listeners:
            if not wanted.isdisjoint(types):
                event.set()
        for grown in self._watchers:
            grown(streams)
