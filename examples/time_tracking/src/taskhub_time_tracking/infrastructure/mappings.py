"""Time entries as rows."""

from taskhub.kernel.infrastructure.unit_of_work.fields import Fields, Shown
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping

from taskhub_time_tracking.application.views import TimeEntryView
from taskhub_time_tracking.domain.errors import TimeEntryRunning
from taskhub_time_tracking.domain.time_entry import TimeEntry, seconds_between
from taskhub_time_tracking.infrastructure.rows import TimeEntryRow

TIME_ENTRIES = Mapping(
    TimeEntry,
    TimeEntryRow,
    TimeEntryView,
    key=("workspace_id", "id"),
    lock_rank=120,
    fields=Fields(shown={"seconds": Shown(seconds_between, ("stopped_at", "started_at"), is_optional=True)}),
    constraints={"uq_time_entries_running": TimeEntryRunning},
    is_guarded=False,
)
