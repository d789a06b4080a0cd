"""Hands on the changes of a workspace as they are committed."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from uuid import UUID

from taskhub.activity.application.ports import FollowedEvent, FollowedLog, Follower, Log
from taskhub.activity.domain.errors import CursorExpired
from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.kernel.application.log_pages import EventFilter, LogPage
from taskhub.kernel.contract.events import LoggedEvent

EVENTS_PER_READ = 200
MAX_BEHIND = 1_000
"""How many changes a reader may be behind that had caught up."""
BATCH_BYTES = 256 * 1024
"""After which events wait for the reader to take those before them."""
RETRY_SECONDS = 1.0
"""After which a log that could not be read is asked for again."""


class ReadEvent:
    """An event that was read from the log for one stream."""

    def __init__(self, event: LoggedEvent) -> None:
        self.event = event
        self.encoded: bytes | None = None


class ChangeStream:
    """All changes after a place, first those that are there, then those that come.

    A reader that has caught up once shares what the process has read, and ends where it falls behind. Of large events the process
    keeps fewer: who finds them no more reads the log, as at the beginning.
    """

    def __init__(self, log: Log, follower: Follower, workspace_id: UUID, wanted: EventFilter, *, after: int) -> None:
        self._log = log
        self._follower = follower
        self._workspace_id = workspace_id
        self._wanted = wanted
        self._after = after
        self._followed: FollowedLog | None = None
        self._is_live = False

    @property
    def is_behind(self) -> bool:
        """Whether its reader is too slow for what comes. One who still reads what was there is not."""
        return self._is_live and self._followed is not None and self._followed.ahead_of(self._after) > MAX_BEHIND

    async def read(self, seconds_left: Callable[[], float]) -> AsyncGenerator[tuple[int, Sequence[FollowedEvent]], None]:
        """Each time how far it has come, and which changes. There may be none: it comes back when no seconds are left.

        Raises:
            CursorExpired: there is no such place in the log.
        """
        has_read_all = False
        with self._follower.follow(self._workspace_id) as self._followed:
            while True:
                known = self._followed.after(self._after) if has_read_all or self._is_live else None
                if known is not None:
                    self._is_live = self._is_live or self._followed.is_known
                    batch = next(_batches(known), [])
                    yield self._until(batch[-1].event.seq if batch else self._after), self._wanted_of(batch)
                elif self.is_behind:
                    return
                else:
                    page = await _read(self._log, self._workspace_id, self._after, self._wanted, seconds_left())
                    has_read_all = page.last_seq == page.until
                    for batch in _batches([ReadEvent(event) for event in page.events]):
                        yield self._until(batch[-1].event.seq), batch
                    yield self._until(page.until), ()
                if has_read_all and not self._followed.ahead_of(self._after):
                    await self._followed.wait(seconds_left())

    def _until(self, seq: int) -> int:
        self._after = seq
        return seq

    def _wanted_of(self, events: Sequence[FollowedEvent]) -> Sequence[FollowedEvent]:
        return [one for one in events if self._wanted.matches(one.event)]


def _batches(events: Iterable[FollowedEvent]) -> Iterator[list[FollowedEvent]]:
    batch, size = list[FollowedEvent](), 0
    for one in events:
        batch.append(one)
        size += one.event.size
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


async def _read(log: Log, workspace_id: UUID, after: int, wanted: EventFilter, seconds_left: float) -> LogPage:
    """The next events. While the database does not answer, none, and an end of the log that nobody has reached."""
    try:
        page = await log.read(workspace_id, after, EVENTS_PER_READ, wanted)
    except (Unavailable, Busy):
        await asyncio.sleep(min(RETRY_SECONDS, seconds_left))
        return LogPage((), after, after + 1)
    if not page.has_place(after):
        raise CursorExpired
    return page
