"""A plain CSV file: a task on each row, its fields in columns that are found by their titles."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from taskhub.client.errors import ClientError, WrongUsage
from taskhub.client.sources.dates import due_of_text
from taskhub.client.sources.files import digest, name_of, read_rows
from taskhub.client.sources.model import Item, Source, tidy

TITLES = {
    "id": ("id", "key", "issue key", "number", "#"),
    "title": ("title", "summary", "name", "task", "subject", "content"),
    "description": ("description", "notes", "body", "details"),
    "status": ("status", "state", "column", "list"),
    "priority": ("priority",),
    "labels": ("labels", "label", "tags", "tag"),
    "due": ("due", "due date", "deadline"),
    "assignee": ("assignee", "assignees", "assigned to", "owner"),
    "parent": ("parent", "parent id"),
}
"""By field: what its column may be called."""
PRIORITIES = {
    "": None,
    "none": "none",
    "low": "low",
    "lowest": "low",
    "medium": "medium",
    "normal": "medium",
    "high": "high",
    "urgent": "urgent",
    "highest": "urgent",
    "critical": "urgent",
}
CLOSED = {"done": "done", "closed": "done", "complete": "done", "completed": "done", "resolved": "done", "cancelled": "cancelled"}


@dataclass
class _Reader:
    source: Source
    columns: Mapping[str, str]
    time_zone: str
    keys: dict[str, str] = field(default_factory=dict)
    """External keys by what stands in the column of ids."""
    seen: Counter[str] = field(default_factory=Counter)

    def take(self, where: str, row: dict[str, str]) -> None:
        item = Item(self._key(row), where, self._cell(row, "title"), self._cell(row, "description"))
        self._status(item, row)
        self._priority(item, row)
        item.labels = _parts(self._cell(row, "labels"))
        item.assignees = _parts(self._cell(row, "assignee"))
        self._due(item, row)
        if parent := self._cell(row, "parent"):
            item.parent = self.keys.get(parent)
            if item.parent is None:
                self.source.lose(where, f"its parent {parent!r}, which is not in a row before it")
        for title, cell in row.items():
            if title not in self.columns.values() and cell.strip():
                self.source.lose(where, f"the column {title!r}: {cell.strip()!r}")
        if id := self._cell(row, "id"):
            self.keys[id] = item.key
        self.source.items.append(item)

    def _cell(self, row: dict[str, str], name: str) -> str:
        return row.get(self.columns.get(name, ""), "").strip()

    def _key(self, row: dict[str, str]) -> str:
        """By its id, or else by its title."""
        id = self._cell(row, "id")
        if not id:
            title = self._cell(row, "title")
            self.seen[title] += 1
            id = digest(title, str(self.seen[title]))
        return f"csv:{self.source.name[:100]}:{id[:100]}"

    def _status(self, item: Item, row: dict[str, str]) -> None:
        status = self._cell(row, "status")
        item.column = status or None
        item.closed_as = CLOSED.get(status.casefold())

    def _priority(self, item: Item, row: dict[str, str]) -> None:
        priority = self._cell(row, "priority")
        item.priority = PRIORITIES.get(priority.casefold())
        if priority and item.priority is None:
            self.source.lose(item.where, f"the priority {priority!r}")

    def _due(self, item: Item, row: dict[str, str]) -> None:
        text = self._cell(row, "due")
        try:
            item.due = due_of_text(text, self.time_zone) if text else None
        except ValueError:
            self.source.lose(item.where, f"the due date {text!r}, which is not one day")


def read_table(file: Path, name: str | None, time_zone: str, mapping: Sequence[str]) -> Source:
    """``mapping``: `field=title` where the title of a column tells nothing.

    Raises:
        ClientError
    """
    chosen = dict(_pair(one) for one in mapping)
    reader: _Reader | None = None
    for number, row in read_rows(file):
        reader = reader or _Reader(Source(name or name_of(file)), _columns([*row], chosen), time_zone)
        reader.take(f"line {number}", row)
    if reader is None:
        raise ClientError(f"{file} has no rows.")
    return tidy(reader.source)


def _pair(text: str) -> tuple[str, str]:
    name, is_given, title = text.partition("=")
    if not is_given or name not in TITLES:
        raise WrongUsage(f"--column {text!r}: expected FIELD=TITLE, with one of the fields {', '.join(TITLES)}.")
    return name, title.strip().casefold()


def _columns(titles: Sequence[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """The titles of the columns, by field.

    Raises:
        ClientError
    """
    known = ", ".join(titles)
    for title in chosen.values():
        if title not in titles:
            raise WrongUsage(f"There is no column {title!r}. The columns are: {known}.")
    found = {name: title for name, names in TITLES.items() for title in reversed(names) if title in titles} | dict(chosen)
    if "title" not in found:
        raise WrongUsage(f"Which column has the titles? Name it with --column title=…. The columns are: {known}.")
    return found


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.replace(";", ",").split(",") if part.strip()]
