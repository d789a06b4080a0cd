"""Which requests are sent again, and when."""

from collections.abc import Mapping
from typing import Any

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.25, 10.0
_AGAIN = frozenset({408, 429, 502, 503, 504})


def is_to_be_sent_again(status: int, problem: Mapping[str, Any]) -> bool:
    """Whether the same request, with the same idempotency key, may succeed later. What a proxy answers has no problem."""
    return status in _AGAIN and problem.get("retry", "safe") != "no"


def pause(attempt: int, retry_after: str | None) -> float:
    """How many seconds to wait before the next attempt. ``attempt``: how many there were."""
    if retry_after is not None and retry_after.isascii() and retry_after.isdigit():
        return float(retry_after)
    return min(FIRST_PAUSE_SECONDS * 2.0 ** (attempt - 1), LONGEST_PAUSE_SECONDS)
