"""Wakes those in this process who wait for a log to grow."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from taskhub.kernel.contract.events import LoggedEvent


class Appended(Protocol):
    """What a commit has appended to one log, so that nobody in this process needs to read it."""

    @property
    def first_seq(self) -> int: ...

    @property
    def last_seq(self) -> int: ...

    def events(self) -> Sequence[LoggedEvent]:
        """All of them, in their order."""


Growth = Mapping[UUID, Appended | None]
"""The streams that a commit has appended to, and what; None where only the log tells."""


class EventNotifier:
    """Only a hint that saves waiting: whoever needs certainty polls as well."""

    def __init__(self) -> None:
        self._listeners: list[tuple[frozenset[str], asyncio.Event]] = []
        self._watchers: list[Callable[[Growth], None]] = []

    def listen(self, types: Iterable[str]) -> asyncio.Event:
        """Registers interest in types of events. What is returned is set when one was committed."""
        event = asyncio.Event()
        self._listeners.append((frozenset(types), event))
        return event

    def watch(self, notice: Callable[[Growth], None]) -> None:
        """Registers what is called with the growth of the logs, after each commit that this process knows of."""
        self._watchers.append(notice)

    def wake(self) -> None:
        """Sets all that was returned to listeners: other processes have committed something, nobody knows what."""
        for _, event in self._listeners:
            event.set()

    def notify(self, types: set[str], growth: Growth) -> None:
        """Tells that events of these types were committed."""
        for wanted, event in self._listeners:
            if not wanted.isdisjoint(types):
                event.set()
        for notice in self._watchers:
            notice(growth)
