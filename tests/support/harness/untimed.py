"""Answers without what no two have in common: instants, and what the log gives to each event of its own."""

import re
from typing import Any

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
OF_LOG = frozenset({"seq", "id", "cursor", "commit", "request_id"})
"""Members of a `Change` that differ between two that say the same."""


def untimed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: untimed(member) for name, member in value.items()}
    if isinstance(value, list):
        return [untimed(item) for item in value]
    return "an instant" if isinstance(value, str) and _INSTANT.fullmatch(value) else value


def as_expected(change: dict[str, Any]) -> dict[str, Any]:
    """A change of the log, as a dry run foretells it."""
    return untimed({name: value for name, value in change.items() if name not in OF_LOG})
