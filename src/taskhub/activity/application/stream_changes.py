"""Hands on the changes of a workspace as they are committed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from taskhub.activity.application.ports import FollowedEvent, Follower, Log
from taskhub.activity.domain.errors import CursorExpired
from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.kernel.application.log_pages import EventFilter, LogPage
from taskhub.kernel.contract.events import LoggedEvent

EVENTS_PER_READ = 200
RETRY_SECONDS = 1.0
"""After which a log that could not be read is asked for again."""


class ReadEvent:
    """An event that was read from the log for one stream."""

    def __init__(self, event: LoggedEvent) -> None:
        self.event = event
        self.encoded: bytes | None = None


async def stream_changes(
    log: Log, follower: Follower, workspace_id: UUID, wanted: EventFilter, *, after: int, tick_seconds: float
) -> AsyncIterator[tuple[int, Sequence[FollowedEvent]]]:
    """All changes after a place, first those that are there, then those that come: each time how far it has come, and which.

    There may be none: it comes back at least every ``tick_seconds``. A reader that has caught up once shares what the process
    has read, and ends where it falls behind that.

    Raises:
        CursorExpired: there is no such place in the log.
    """
    has_read_all = is_live = False
    with follower.follow(workspace_id) as followed:
        while True:
            events: Sequence[FollowedEvent] | None = followed.after(after) if has_read_all else None
            if events is not None:
                is_live = is_live or followed.is_known
                after = events[-1].event.seq if events else after
            elif is_live:
                return
            else:
                page = await _read(log, workspace_id, after, wanted, tick_seconds)
                after, has_read_all = page.until, page.last_seq == page.until
                events = [ReadEvent(event) for event in page.events]
            yield after, [one for one in events if wanted.matches(one.event)]
            if has_read_all and not events:
                await followed.wait(tick_seconds)


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
