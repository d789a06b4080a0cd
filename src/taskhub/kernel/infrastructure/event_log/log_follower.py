"""Follows logs as they grow: one look serves all in this process who wait for a change.

Commits of this process hand on what they have appended, those of others are seen at the next look.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from uuid import UUID

import structlog

from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.kernel.contract.events import LoggedEvent
from taskhub.kernel.infrastructure.event_log.log_reader import LogReader
from taskhub.kernel.infrastructure.event_log.notifier import Appended, EventNotifier, Growth

LOOK_SECONDS = 0.25
"""The longest time between two looks."""
REST_SECONDS = 0.01
"""The shortest: under many writes each look finds several."""
KEPT_EVENTS = 1_000
"""How many a follower may be behind before it has to read the log itself."""
KEPT_BYTES = 8 * 1024 * 1024
"""The bytes of what is kept of a log, encoded too: more than a page takes, so that who is not behind finds all of it."""
EVENT_BYTES = 1_500
"""What an event takes besides its values, with the rest of its encoding: 1,340 bytes were measured."""

log = structlog.get_logger("taskhub.follower")


class FollowedEvent:
    """``encoded``: what the first one who hands the event on has made of it, for all others who do the same."""

    __slots__ = ("encoded", "event")

    def __init__(self, event: LoggedEvent) -> None:
        self.event = event
        self.encoded: bytes | None = None

    @property
    def size(self) -> int:
        """The bytes that it takes once it is encoded: its values are there twice then."""
        return 2 * self.event.size + EVENT_BYTES


class FollowedLog:
    """The end of one log, as the last look has found it.

    Attributes:
        end: the ``seq`` of its last event; None before the first look.
    """

    def __init__(self) -> None:
        self.end: int | None = None
        self.followers = 0
        self._events: deque[FollowedEvent] = deque()
        self._size = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def after(self, seq: int) -> list[FollowedEvent] | None:
        """The events after a place; None where they are too many to be known here, and have to be read."""
        count = self.ahead_of(seq)
        return None if count > len(self._events) else list(islice(self._events, len(self._events) - count, None))

    def ahead_of(self, seq: int) -> int:
        """How many events the log has after a place."""
        return 0 if self.end is None else max(0, self.end - seq)

    @property
    def is_known(self) -> bool:
        """Whether its end was looked for yet. Before that it seems to hold nothing new."""
        return self.end is not None

    async def wait(self, seconds: float) -> None:
        """Returns when the log has grown, or after so many seconds."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        self._waiting.add(waiter)
        end = loop.call_later(seconds, _wake, waiter)
        try:
            await waiter
        finally:
            end.cancel()
            self._waiting.discard(waiter)

    def append(self, appended: Appended) -> bool:
        """Takes what a commit of this process has appended. False where it has to be read: events before it are missing here."""
        if self.end == appended.first_seq - 1:
            self.grow(appended.events(), appended.last_seq)
        return self.end is not None and self.end >= appended.last_seq

    def grow(self, events: Sequence[LoggedEvent], end: int) -> None:
        """``events``: all between the end as it was and as it is, or the last of them. Those that are known are passed over."""
        if self.end is not None:
            if end <= self.end:
                return
            events = [event for event in events if event.seq > self.end]
            if len(events) < end - self.end:
                self._events.clear()
                self._size = 0
        for event in events:
            self._keep(FollowedEvent(event))
        self.end = end
        for waiter in self._waiting:
            _wake(waiter)

    def _keep(self, one: FollowedEvent) -> None:
        self._events.append(one)
        self._size += one.size
        while len(self._events) > KEPT_EVENTS or (self._size > KEPT_BYTES and len(self._events) > 1):
            self._size -= self._events.popleft().size


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


class LogFollower:
    """Looks at the logs that are followed, for as long as any is."""

    def __init__(self, reader: LogReader, notifier: EventNotifier) -> None:
        self._reader = reader
        self._logs: dict[UUID, FollowedLog] = {}
        self._is_wanted = asyncio.Event()
        self._has_grown = asyncio.Event()
        notifier.watch(self._note)

    @contextmanager
    def follow(self, stream_id: UUID) -> Iterator[FollowedLog]:
        """Follows a log for as long as the block lasts."""
        followed = self._logs.setdefault(stream_id, FollowedLog())
        followed.followers += 1
        self._is_wanted.set()
        self._has_grown.set()
        try:
            yield followed
        finally:
            followed.followers -= 1
            if not followed.followers:
                del self._logs[stream_id]

    async def run(self) -> None:
        """Looks until cancelled. A database that is away is waited for."""
        while True:
            await self._is_wanted.wait()
            self._has_grown.clear()
            try:
                await self.look()
            except (Unavailable, Busy):
                log.warning("the database does not answer")
            await asyncio.sleep(REST_SECONDS)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._has_grown.wait(), LOOK_SECONDS)

    async def look(self) -> None:
        """Finds out which logs have grown, and reads what is new in them."""
        if not self._logs:
            self._is_wanted.clear()
            return
        for stream_id, end in (await self._reader.last_seqs(list(self._logs))).items():
            if (followed := self._logs.get(stream_id)) is not None:
                await self._read(stream_id, followed, end)

    async def _read(self, stream_id: UUID, followed: FollowedLog, end: int) -> None:
        if followed.end is None:
            followed.grow([], end)
            return
        while followed.end < end:
            page = await self._reader.read(stream_id, max(followed.end, end - KEPT_EVENTS), KEPT_EVENTS)
            followed.grow(page.events, page.until)

    def _note(self, growth: Growth) -> None:
        for stream_id, appended in growth.items():
            if (followed := self._logs.get(stream_id)) is None:
                continue
            try:
                is_taken = appended is not None and followed.append(appended)
            except Exception:  # The commit went through, so its answer must not fail. The log tells the same.
                log.exception("what was committed was not handed on")
                is_taken = False
            if not is_taken:
                self._has_grown.set()
