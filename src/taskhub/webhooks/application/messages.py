"""The body of what is sent."""

from typing import Protocol
from uuid import UUID

import msgspec

from taskhub.activity.contract.changes import Changes
from taskhub.kernel.application.log_pages import EventFilter, LogPage
from taskhub.kernel.contract.events import LoggedEvent
from taskhub.kernel.domain.errors import NotFound

TEST_TYPE = "webhook.test"
EVENTS_READ_FOR_TEST = 1_000


class Log(Protocol):
    """The log of a workspace. Raises `Unavailable` and `Busy`."""

    async def read(self, stream_id: UUID, after: int, limit: int, wanted: EventFilter, /) -> LogPage:
        """Up to so many events after a place."""


def message(changes: Changes, workspace_id: UUID, event: LoggedEvent, type: str | None = None) -> str:
    """What is sent of an event; ``type``: another than its own."""
    data = msgspec.Raw(changes.encode(workspace_id, event))
    return msgspec.json.encode({"type": type or event.type, "timestamp": event.occurred_at, "data": data}).decode()


async def message_for_test(log: Log, changes: Changes, workspace_id: UUID, webhook_id: UUID) -> str:
    """A test: the last change of the webhook itself.

    Raises:
        NotFound: no such webhook.
    """
    wanted, last, until, end = EventFilter(entity_ids=frozenset({webhook_id})), None, 0, 1
    while until < end:
        page = await log.read(workspace_id, until, EVENTS_READ_FOR_TEST, wanted)
        last, until, end = (page.events[-1] if page.events else last), page.until, page.last_seq
    if last is None or last.snapshot is None:
        raise NotFound
    return message(changes, workspace_id, last, TEST_TYPE)
