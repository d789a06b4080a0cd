"""Hands on the changes of a workspace as they are committed."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from uuid import UUID

from taskhub.activity.application.ports import FollowedEvent, FollowedLog, Follower, Log
from taskhub.activity.domain.errors import CursorExpired
from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.kernel.application.log_pages import EventFilter, LogPage
from taskhub.kernel.contract.events import LoggedEvent

EVENTS_PER_READ = 200
MAX_BEHIND = 1_000
"""How many changes a reader may be behind that had caught up."""
RETRY_SECONDS = 1.0
"""After which a log that could not be read is asked for again."""


class ReadEvent:
    """An event that was read from the log for one stream."""

    def __init__(self, event: LoggedEvent) -> None:
        self.event = event
        self.encoded: bytes | None = None


class ChangeStream:
    """All changes after a place, first those that are there, then those that come.

    A reader that has caught up once shares what the process has read, and ends where it falls behind.
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

    async def read(self, tick_seconds: float) -> AsyncGenerator[tuple[int, Sequence[FollowedEvent]], None]:
        """Each time how far it has come, and which changes. There may be none: it comes back at least every ``tick_seconds``.

        Raises:
            CursorExpired: there is no such place in the log.
        """
        has_read_all = False
        with self._follower.follow(self._workspace_id) as self._followed:
            while True:
                events = self._followed.after(self._after) if has_read_all else None
                if events is not None:
                    self._is_live = self._is_live or self._followed.is_known
                    self._after = events[-1].event.seq if events else self._after
                elif self._is_live:
                    return
                else:
                    page = await _read(self._log, self._workspace_id, self._after, self._wanted, tick_seconds)
                    self._after, has_read_all = page.until, page.last_seq == page.until
                    events = [ReadEvent(event) for event in page.events]
                yield self._after, [one for one in events if self._wanted.matches(one.event)]
                if has_read_all and not events and not self._followed.ahead_of(self._after):
                    await self._followed.wait(tick_seconds)


async def _read(log: Log, workspace_id: UUID, after: int, wanted: EventFilter, tick_seconds: float) -> LogPage:
    """The next events. While the database does not answer, none, and an end of the log that nobody has reached."""
    try:
        page = await log.read(workspace_id, after, EVENTS_PER_READ, wanted)
    except (Unavailable, Busy):
        await asyncio.sleep(min(RETRY_SECONDS, tick_seconds))
        return LogPage((), after, after + 1)
    if not page.has_place(after):
        raise CursorExpired
    return page
