"""Errors of time entries. The advice for each code stands in `api/documentation.py`."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from taskhub.kernel.domain.errors import Category, DomainError


class TimeEntryRunning(DomainError):
    category, code, title = Category.CONFLICT, "time_entry_running", "Time entry running"

    def __init__(self) -> None:
        super().__init__("You have a running time entry in this workspace. Stop it before you start another one.")


class TaskClosed(DomainError):
    category, code, title = Category.CONFLICT, "task_closed", "Task closed"

    def __init__(self) -> None:
        super().__init__("The task is done or cancelled, so no time can be started on it. Reopen it first.")


class TimeEntryTooLong(DomainError):
    category, code, title = Category.CONFLICT, "time_entry_too_long", "Time entry too long"
    members: ClassVar[Mapping[str, Any]] = {"max_hours": int}

    def __init__(self, max_duration: timedelta) -> None:
        hours = max_duration // timedelta(hours=1)
        super().__init__(f"A time entry can have up to {hours} hours. Split it into several.", max_hours=hours)
