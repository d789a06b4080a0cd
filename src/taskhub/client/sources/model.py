"""What the files of other products have in common."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

MAX_TITLE, MAX_DESCRIPTION, MAX_COMMENT, MAX_NAME, MAX_LABELS = 500, 100_000, 20_000, 200, 40
"""Characters, and labels of a task."""
CLOSED = frozenset({"done", "cancelled"})
"""Categories of statuses."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that is not taken over. ``where``: the place in the file."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Column:
    """A status. ``category``: todo, in_progress, done or cancelled."""

    name: str
    category: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment. ``key`` is the same each time that the file is read."""

    key: str
    text: str


@dataclass(slots=True)
class Item:
    """A task. ``key``: its external key. ``column``: the name of its status; ``closed_as``: done or cancelled, where only that is
    known. With neither it is open. ``parent``: the key of an item before it.
    """

    key: str
    where: str
    title: str
    description: str | None = None
    column: str | None = None
    closed_as: str | None = None
    priority: str | None = None
    labels: list[str] = field(default_factory=list)
    due: dict[str, Any] | None = None
    parent: str | None = None
    assignees: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


@dataclass(slots=True)
class Source:
    """``name``: that of a project which is made for it. ``colors``: of labels, by their names; `#rrggbb`."""

    name: str
    items: list[Item] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    columns: Sequence[Column] = ()
    colors: dict[str, str] = field(default_factory=dict)

    def lose(self, where: str, what: str) -> None:
        self.losses.append(Loss(where, what))


def tidy(source: Source) -> Source:
    """Texts as TaskHub takes them: what is cut off, or left out, is told."""
    for item in source.items:
        _tidy_title(source, item)
        item.description = _cut(source, item, "description", _storable(item.description or ""), MAX_DESCRIPTION) or None
        item.labels = _tidy_labels(source, item)
        texts = [_cut(source, item, "comment", _storable(remark.text), MAX_COMMENT) for remark in item.remarks]
        item.remarks = [Remark(remark.key, text) for remark, text in zip(item.remarks, texts, strict=True) if text.strip()]
    return source


def folded(name: str) -> str:
    """By what names of labels and statuses are compared."""
    return normalize("NFKC", name).casefold().strip()


def one_line(text: str) -> str:
    """Without line breaks and control characters, each of which becomes a space."""
    kept = "".join(character if character.isprintable() or character in "\u200d\ufe0f" else " " for character in text)
    return " ".join(kept.split())


def _tidy_title(source: Source, item: Item) -> None:
    title = one_line(item.title)
    if not title:
        source.lose(item.where, "it has no title: it is called (untitled)")
        title = "(untitled)"
    if len(title) > MAX_TITLE:
        source.lose(item.where, f"its title has more than {MAX_TITLE} characters: all of it stands in the description")
        item.description = f"{title}\n\n{item.description or ''}".strip()
        title = title[: MAX_TITLE - 1] + "…"
    item.title = title


def _tidy_labels(source: Source, item: Item) -> list[str]:
    names: dict[str, str] = {}
    for label in item.labels:
        name = one_line(label)[:MAX_NAME]
        if name:
            names.setdefault(folded(name), name)
    if len(names) > MAX_LABELS:
        source.lose(item.where, f"it has more than {MAX_LABELS} labels: {', '.join([*names.values()][MAX_LABELS:])} are left out")
    return [*names.values()][:MAX_LABELS]


def _cut(source: Source, item: Item, what: str, text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    source.lose(item.where, f"its {what} has more than {limit} characters: the rest is cut off")
    return text[: limit - 1] + "…"


def _storable(text: str) -> str:
    """Without U+0000 and halves of surrogate pairs, which no JSON of TaskHub has."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
