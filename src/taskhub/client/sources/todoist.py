"""The CSV file that Todoist exports of a project: tasks and notes in the order of the list, below each other by their indent."""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from taskhub.client.errors import ClientError
from taskhub.client.sources.dates import due_of_text
from taskhub.client.sources.files import digest, name_of, read_rows
from taskhub.client.sources.model import Item, Remark, Source, tidy

PRIORITIES = {"1": "urgent", "2": "high", "3": "medium", "4": "none"}
_LABEL = re.compile(r"(?:^|\s)@(?=\S*[^\W\d])([^\s@]+)(?=\s|$)")
_PERSON = re.compile(r"\s*\(\d+\)$")
_ATTACHMENT = re.compile(r"\[\[file .*?\]\]", re.DOTALL)
_IGNORED = ("duration", "deadline")
"""Columns of which TaskHub has nothing."""

Row = dict[str, str]


@dataclass
class _Reader:
    source: Source
    time_zone: str
    section: str = ""
    above: list[Item] = field(default_factory=list)
    """The task of the last row, and before it the tasks that it is below of."""
    seen: Counter[str] = field(default_factory=Counter)

    def section_row(self, where: str, row: Row) -> None:
        self.section = row.get("content", "").strip()
        self.above = []

    def task_row(self, where: str, row: Row) -> None:
        content = row.get("content", "")
        labels = _LABEL.findall(content)
        title = _LABEL.sub("", content).strip() or content
        indent = int(row["indent"]) if row.get("indent", "").isdigit() else 1
        del self.above[max(indent - 1, 0) :]
        parent = self.above[-1] if self.above else None
        item = Item(self._key(title, parent), where, title, row.get("description"), parent=parent.key if parent else None)
        item.labels = [*labels, *([self.section] if self.section else [])]
        item.priority = PRIORITIES.get(row.get("priority", "").strip(), "none")
        self._date(item, row)
        if responsible := _PERSON.sub("", row.get("responsible", "")).strip():
            item.assignees.append(responsible)
        for column in _IGNORED:
            if row.get(column, "").strip() not in ("", "None"):
                self.source.lose(where, f"the {column} {row[column]!r}")
        self.above.append(item)
        self.source.items.append(item)

    def note_row(self, where: str, row: Row) -> None:
        text = row.get("content", "")
        if _ATTACHMENT.search(text):
            self.source.lose(where, "an attached file")
            text = _ATTACHMENT.sub("", text)
        if not self.above:
            self.source.lose(where, f"a note on the project: {text!r}")
            return
        item = self.above[-1]
        author = _PERSON.sub("", row.get("author", "")).strip()
        key = f"{item.key}:{digest(text, str(len(item.remarks)))}"
        item.remarks.append(Remark(key, f"*{author}:*\n\n{text}" if author and text.strip() else text))

    def _key(self, title: str, parent: Item | None) -> str:
        """By its name and those above it: the file has no ids."""
        path = f"{parent.key if parent else self.section}\0{title}"
        self.seen[path] += 1
        return f"todoist:{self.source.name[:100]}:{digest(path, str(self.seen[path]))}"

    def _date(self, item: Item, row: Row) -> None:
        text = row.get("date", "").strip()
        if not text:
            return
        try:
            item.due = due_of_text(text, row.get("timezone", "").strip() or self.time_zone)
        except ValueError:
            self.source.lose(item.where, f"the date {text!r}, which is not one day")


def read_todoist(file: Path, name: str | None, time_zone: str) -> Source:
    """``name``: of the project, instead of the file's. ``time_zone``: of times that have none.

    Raises:
        ClientError
    """
    reader = _Reader(Source(name or name_of(file)), time_zone)
    rows = {"task": reader.task_row, "note": reader.note_row, "section": reader.section_row}
    is_todoist = False
    for number, row in read_rows(file):
        if "type" not in row or "content" not in row:
            break
        is_todoist, kind, where = True, row["type"].strip().casefold(), f"line {number}"
        if kind in rows:
            rows[kind](where, row)
        elif kind and not kind.startswith("meta"):
            reader.source.lose(where, f"a row of the type {kind!r}")
    if not is_todoist:
        raise ClientError(f"{file} is no export of Todoist: it has no columns TYPE and CONTENT, or no rows.")
    return tidy(reader.source)
