"""Texts of others on a terminal: what they contain can't control it."""

import unicodedata

from rich.cells import cell_len, set_cell_size

_INVISIBLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of Unicode: control characters, halves of surrogate pairs, separators of lines and paragraphs."""
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They would turn around what stands beside them."""


def one_line(text: str) -> str:
    """The text without what moves a cursor, changes colors or the direction of writing: each such character is escaped."""
    return text if text.isprintable() else "".join(map(_escaped, text))


def lines(text: str) -> str:
    """The same for a text with several lines and tabs."""
    return "\n".join("\t".join(map(one_line, line.split("\t"))) for line in text.replace("\r\n", "\n").split("\n"))


def _escaped(character: str) -> str:
    if unicodedata.category(character) in _INVISIBLE or character in _DIRECTIONS:
        return character.encode("unicode_escape").decode("ascii")
    return character


def width(text: str) -> int:
    """In columns of a terminal."""
    return cell_len(text)


def padded(text: str, columns: int) -> str:
    """Exactly this wide: filled up, or cut off with an ellipsis."""
    if cell_len(text) <= columns:
        return text + " " * (columns - cell_len(text))
    return set_cell_size(text, max(columns - 1, 0)) + "…"
