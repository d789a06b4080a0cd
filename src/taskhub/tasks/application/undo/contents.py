"""Contents of tasks as the log has them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import fields

from taskhub.tasks.application.background.purge_trash import RETENTION
from taskhub.tasks.application.views import PRIORITY_KEYS, TaskView
from taskhub.tasks.domain.due import Due
from taskhub.tasks.domain.task import Content

LINKS = frozenset(field.name for field in fields(Content) if field.default == ())
"""The members of tasks that are lists: each link in them is taken, or put back, for itself."""
_COMPOUND = frozenset({"priority", "due"})
_PLAIN = [field.name for field in fields(Content) if field.name not in _COMPOUND]
_PRIORITIES = {key: priority for priority, key in PRIORITY_KEYS.items()}


def content_of(shown: Mapping[str, Any]) -> tuple[Content, datetime | None]:
    """The content in a representation with values as in JSON, and since when it is closed."""
    view = msgspec.convert(shown, TaskView)
    due = None if view.due is None else Due(view.due.date, view.due.time, view.due.time_zone, view.due_at)
    values = {name: getattr(view, name) for name in _PLAIN}
    return Content.of({**values, "priority": _PRIORITIES[view.priority], "due": due}), view.closed_at


def trashed_since(values: Mapping[str, Any], now: datetime) -> datetime | None:
    """When something was in the trash that goes there again; None where it never was, or would be purged at once."""
    if values.get("deleted_at") is None:
        return None
    instant = msgspec.convert(values["deleted_at"], datetime)
    return instant if instant > now - RETENTION else None
