"""What commands print: tables for people, JSON for programs, and how far a long command is."""

import json
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import typer

from taskhub.client.text import lines as harmless
from taskhub.client.text import one_line, padded, width

MIN_COLUMNS = 12
"""Of the column that gives way where a terminal is too narrow."""


def print_json(value: Any) -> None:
    """One document. Only ASCII, so that it is the same in every locale, and nothing in it can control a terminal."""
    typer.echo(json.dumps(value, indent=2))


def print_json_line(value: Any) -> None:
    """One document on a line of its own, at once."""
    typer.echo(json.dumps(value, separators=(",", ":")))
    sys.stdout.flush()


def print_line(text: str) -> None:
    """At once."""
    typer.echo(one_line(text))
    sys.stdout.flush()


def print_table(titles: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str) -> None:
    """The last column is cut off where a terminal is too narrow; in a file all is complete. ``empty``: a sentence if there is no
    row.
    """
    lines = [[one_line(cell) for cell in row] for row in rows]
    if not lines:
        typer.echo(empty)
        return
    columns = [max(map(width, column)) for column in zip(titles, *lines, strict=True)]
    if sys.stdout.isatty():
        rest = sum(columns[:-1]) + 2 * (len(columns) - 1)
        columns[-1] = max(min(columns[-1], shutil.get_terminal_size().columns - rest), MIN_COLUMNS)
    for line in (titles, *lines):
        typer.echo("  ".join(padded(cell, size) for cell, size in zip(line, columns, strict=True)).rstrip())


def print_fields(fields: Mapping[str, str]) -> None:
    """A line for each field that is not empty."""
    shown = {name: value for name, value in fields.items() if value}
    longest = max(map(len, shown), default=0)
    for name, value in shown.items():
        typer.echo(f"{name:{longest}}  {one_line(value)}")


def counted(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def note(sentence: str) -> None:
    """Something that is no result: on standard error."""
    typer.echo(harmless(sentence), err=True)


class Progress:
    """How far a long command is, on standard error: one line that changes on a terminal, elsewhere one for every thousand."""

    def __init__(self, things: str, total: int | None = None) -> None:
        self._things = things
        self._total = total
        self._count = 0
        self._terminal = sys.stderr.isatty()

    def add(self, count: int = 1) -> None:
        before, self._count = self._count, self._count + count
        if self._terminal:
            typer.echo(f"\r{self._text}", nl=False, err=True)
        elif before // 1000 < self._count // 1000:
            note(self._text)

    def end(self) -> None:
        if self._terminal and self._count:
            typer.echo("", err=True)

    @property
    def _text(self) -> str:
        return f"{self._count} {self._things}" if self._total is None else f"{self._count} of {self._total} {self._things}"
