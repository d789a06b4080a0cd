"""What this process remembers for a moment, so as not to ask the database again."""

from collections import OrderedDict
from typing import Generic, TypeVar

from taskhub.kernel.application.clock import Monotonic

K = TypeVar("K")
V = TypeVar("V")


class TtlCache(Generic[K, V]):
    """At most ``size`` things, each good for ``seconds`` from when it was asked for. The oldest go first."""

    def __init__(self, seconds: float, size: int, monotonic: Monotonic) -> None:
        self._seconds = seconds
        self._size = size
        self._monotonic = monotonic
        # A plain dict looks for its first entry among the places of all that were deleted.
        self._entries: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        entry = self._entries.get(key)
        return entry[1] if entry is not None and self._monotonic() - entry[0] < self._seconds else None

    def put(self, key: K, value: V, asked_at: float) -> None:
        """``asked_at``: before the question was put. An answer is as old as its question: it may have changed on the way."""
        self._entries.pop(key, None)
        if len(self._entries) >= self._size:
            self._entries.popitem(last=False)
        self._entries[key] = (asked_at, value)

    def invalidate(self, key: K) -> None:
        self._entries.pop(key, None)

    def clear(self) -> None:
        self._entries.clear()

    def now(self) -> float:
        return self._monotonic()
