"""Every type of event that this module appends."""

from collections.abc import Mapping

from taskhub.kernel.application.event_types import event_content, last_event_content
from taskhub.kernel.contract.event_content import EventContent

from taskhub_time_tracking.application.views import TimeEntryView
from taskhub_time_tracking.contract.events import (
    TIME_ENTRY_CHANGED,
    TIME_ENTRY_DELETED,
    TIME_ENTRY_RESTORED,
    TIME_ENTRY_STARTED,
    TIME_ENTRY_STOPPED,
)

EVENTS: Mapping[str, type[EventContent]] = {
    TIME_ENTRY_STARTED: event_content("A member started to work on a task.", TimeEntryView),
    TIME_ENTRY_STOPPED: event_content("The member stopped, or the task was closed or went to the trash.", TimeEntryView),
    TIME_ENTRY_CHANGED: event_content("Its note or its times were corrected.", TimeEntryView),
    TIME_ENTRY_DELETED: last_event_content("It is gone, and counts no more."),
    TIME_ENTRY_RESTORED: event_content("Its deletion was undone.", TimeEntryView),
}
