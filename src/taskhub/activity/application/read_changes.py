"""Reads the changes of a workspace, and waits for one where there is none yet."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from taskhub.activity.application.ports import FollowedLog, Follower, Log
from taskhub.activity.domain.errors import CursorExpired
from taskhub.kernel.application.log_pages import EventFilter, LogPage
from taskhub.kernel.contract.events import LoggedEvent


async def read_changes(
    log: Log, follower: Follower, workspace_id: UUID, wanted: EventFilter, *, after: int, limit: int, wait_seconds: float
) -> LogPage:
    """The changes after a place. Where none is wanted, the first ones that are found, or come, within so many seconds.

    Without a time to wait, the log is read once: the page tells how far that came, and whether there is more to read.

    Raises:
        CursorExpired: there is no such place in the log.
        Unavailable, Busy
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + wait_seconds
    page = await log.read(workspace_id, after, limit, wanted)
    if not page.has_place(after):
        raise CursorExpired
    while page.has_more and not page.events and clock() < deadline:
        page = await log.read(workspace_id, page.until, limit, wanted)
    if page.events or not wait_seconds:
        return page
    with follower.follow(workspace_id) as followed:
        while not page.events and (seconds := deadline - clock()) > 0:
            until = await _next_wanted(followed, wanted, page.until, seconds)
            page = await log.read(workspace_id, until, limit, wanted)
    return page


async def _next_wanted(followed: FollowedLog, wanted: EventFilter, seq: int, seconds: float) -> int:
    """Waits until the log holds something that is wanted after a place, and returns the place before it.

    Returns where it has come to after so many seconds, or once the log has to be read to know.
    """
    deadline = asyncio.get_running_loop().time() + seconds
    while (events := followed.after(seq)) is not None:
        if any(wanted.matches(one.event) for one in events):
            break
        seq = events[-1].event.seq if events else seq
        if (left := deadline - asyncio.get_running_loop().time()) <= 0:
            break
        await followed.wait(left)
    return seq


def compacted(events: Sequence[LoggedEvent]) -> list[LoggedEvent]:
    """Of each thing only its last event."""
    last = {event.entity_id: event.seq for event in events}
    return [event for event in events if last[event.entity_id] == event.seq]
