"""Which status of a project an item gets."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from taskhub.client.sources.model import CLOSED, Column, Item, folded

STANDARD = (
    {"key": "todo", "name": "To do", "category": "todo"},
    {"key": "in_progress", "name": "In progress", "category": "in_progress"},
    {"key": "done", "name": "Done", "category": "done"},
    {"key": "cancelled", "name": "Cancelled", "category": "cancelled"},
)
"""Those that a new project has."""


def workflow_of(columns: Sequence[Column]) -> dict[str, Any]:
    """The workflow of a project whose statuses are these columns. Their keys are made of their names."""
    keys: dict[str, Column] = {}
    for column in columns:
        key = re.sub(r"[^a-z0-9]+", "_", folded(column.name)).strip("_")[:60] or "status"
        number = 1
        while key in keys:
            number += 1
            key = f"{key.rstrip('0123456789')}{number}"
        keys[key] = column
    statuses = [{"key": key, "name": column.name, "category": column.category} for key, column in keys.items()]
    return {"statuses": statuses, "transitions": None}


class Statuses:
    """Those of a project, in their order."""

    def __init__(self, statuses: Sequence[Mapping[str, str]]) -> None:
        self._first = statuses[0]["key"]
        self._by_name = {_name(name): status for status in reversed(statuses) for name in (status["name"], status["key"])}
        self._by_category = {status["category"]: status["key"] for status in reversed(statuses)}

    def of(self, item: Item, task: Mapping[str, Any] | None) -> str | None:
        """None where the task keeps the status that it has."""
        column = self._by_name.get(_name(item.column)) if item.column else None
        if column is not None and (item.closed_as is None or column["category"] in CLOSED):
            return column["key"]
        if item.closed_as is not None:
            fitting = (self._by_category.get(category) for category in (item.closed_as, *sorted(CLOSED, reverse=True)))
            return next((key for key in fitting if key is not None), self._first)
        return self._first if task is None or task["status_category"] in CLOSED else None

    def lacks(self, item: Item) -> bool:
        """Whether the item names a status that is not there, and nothing else says what it is."""
        return item.column is not None and item.closed_as is None and _name(item.column) not in self._by_name


def _name(text: str) -> str:
    """By which names and keys are compared: `In progress`, `in-progress`, `in_progress`."""
    return folded(re.sub(r"[\s_-]+", " ", text))
