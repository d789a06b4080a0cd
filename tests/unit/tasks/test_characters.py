"""Search and names leave out the same characters, though one rule is written for PostgreSQL and one for Python."""

import re

from taskhub.kernel.domain import texts
from taskhub.tasks.infrastructure import characters


def of_ranges(ranges: object) -> set[int]:
    pattern = re.compile(f"[{ranges}]") if isinstance(ranges, str) else None
    assert pattern is not None
    return {code for code in range(0x110000) if pattern.match(chr(code))}


def test_what_is_not_to_be_seen_is_the_same_to_both() -> None:
    assert of_ranges(characters.IGNORED) == of_ranges(texts._DEFAULT_IGNORABLE)
