"""What can be configured: environment variables `TASKHUB_TIME_TRACKING_…`."""

from datetime import timedelta

from pydantic import Field
from taskhub.kernel.module_api import ModuleSettings


class TimeTrackingSettings(ModuleSettings):
    """``max_hours``: the greatest length of a time entry. One that is forgotten is stopped there."""

    max_hours: int = Field(24, ge=1, le=24 * 366)

    @property
    def max_duration(self) -> timedelta:
        return timedelta(hours=self.max_hours)
