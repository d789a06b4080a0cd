"""Whether a condition holds for all that a statement finds: only by such a one does a distributed database know the shard."""

import re
from collections.abc import Iterable

_STATEMENT = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|FROM|JOIN)\b")
_BEGIN = re.compile(r"\b(?:WHERE|ON)\b")
_END = re.compile(
    r"\b(?:WHERE|GROUP BY|HAVING|ORDER BY|LIMIT|OFFSET|FOR|UNION|EXCEPT|INTERSECT|RETURNING|"
    r"(?:(?:LEFT|CROSS|FULL)(?: OUTER)? )?JOIN)\b"
)
_IT = "\0"
"""Stands for the condition."""
_CONJUNCTION = re.compile(rf"\s*(?:.* AND )?{_IT}(?:::\w+)?(?: AND .*)?\s*")
_OTHER_CASE = re.compile(rf"\bCASE\b[^{_IT}]*?\bEND\b")
_ALTERNATIVES = re.compile(r"\b(?:OR|CASE|WHEN)\b")


def is_conjunct(sql: str, start: int, end: int) -> bool:
    """Whether what stands from ``start`` to ``end`` is all of a ``WHERE`` or ``ON``, or joined to the rest by ``AND``.

    Not so inside ``OR``, ``NOT``, ``CASE``, ``IS TRUE`` or a function.

    Args:
        sql: on one line.
    """
    before, after = _until_closed(sql[:start][::-1], ")", "(")[::-1], _until_closed(sql[end:], "(", ")")
    is_grouped = not _STATEMENT.search(_without_groups(before))
    begun = _without_groups(before)
    condition = (begun if is_grouped else _BEGIN.split(begun)[-1]) + _IT + _END.split(_without_groups(after))[0]
    condition = _OTHER_CASE.sub("", condition)
    if not _CONJUNCTION.fullmatch(condition) or _ALTERNATIVES.search(condition):
        return False
    opening = start - len(before) - 1
    return not is_grouped or (opening >= 0 and is_conjunct(sql, opening, end + len(after) + 1))


def _until_closed(text: Iterable[str], opens: str, closes: str) -> str:
    """As far as the parentheses go in which it begins."""
    depth, found = 0, []
    for sign in text:
        depth += (sign == opens) - (sign == closes)
        if depth < 0:
            break
        found.append(sign)
    return "".join(found)


def _without_groups(text: str) -> str:
    """Without what stands in parentheses."""
    while (shorter := re.sub(r"\([^()]*\)", "", text)) != text:
        text = shorter
    return text
