"""Text with values that are known today: one named schema for answers, bodies and parameters, closed for none of them."""

from collections.abc import Iterable
from typing import Any


def known_values(name: str, values: Iterable[str]) -> dict[str, Any]:
    """The schema of such a text. What was read has the type of what is written; `x-extensible-enum` tells what is taken today."""
    return {"title": name, "type": "string", "x-extensible-enum": [*values]}
