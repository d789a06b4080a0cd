"""How often something happened within the last minute, wherever the minute begins: limits that no clock's turn doubles."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable

WINDOW_SECONDS = 60.0
BUCKET_SECONDS = 1.0
"""Hits so close together are remembered as one bucket: a busy key takes 60 of them, however many hits there are."""


class _Window:
    """The hits of one key in buckets ``[first, last, count]``, the oldest first. A bucket counts until its last hit is old."""

    __slots__ = ("buckets", "count")

    def __init__(self) -> None:
        self.buckets: deque[list[float]] = deque()
        self.count = 0

    def expire(self, before: float) -> None:
        """Forgets what happened at this instant or before."""
        buckets = self.buckets
        while buckets and buckets[0][1] <= before:
            self.count -= int(buckets.popleft()[2])

    def add(self, at: float, count: int) -> None:
        """Adds hits, also older ones."""
        self.count += count
        buckets = self.buckets
        place = len(buckets)
        while place and at < buckets[place - 1][0]:
            place -= 1
        if place and at - buckets[place - 1][0] < BUCKET_SECONDS:
            bucket = buckets[place - 1]
            bucket[1] = max(bucket[1], at)
            bucket[2] += count
        else:
            buckets.insert(place, [at, at, count])


class SlidingWindows:
    """The moving windows of one process, by keys of 16 bytes. What other processes counted is added as it becomes known.

    No stretch of `WINDOW_SECONDS` ever has more hits of this process than the limit; a hit may count for `BUCKET_SECONDS` longer.
    What is refused is not counted: whoever keeps knocking is let in when there is room.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        # In the order of the last hits, but for what others told: what is over is found at the beginning.
        self._windows: OrderedDict[bytes, _Window] = OrderedDict()
        self._pending: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._windows)

    def hit(self, key: bytes, limit: int) -> bool:
        """Counts a hit if there is room for it, and says so."""
        now = self._monotonic()
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = _Window()
        else:
            self._windows.move_to_end(key)
            window.expire(now - WINDOW_SECONDS)
        if window.count >= limit:
            return False
        window.add(now, 1)
        self._pending[key] = self._pending.get(key, 0) + 1
        return True

    def left(self, key: bytes, limit: int) -> tuple[int, float]:
        """How many hits there is room for, and in how many seconds there is more; the whole window if nothing happened in it."""
        window = self._windows.get(key)
        if window is None:
            return limit, WINDOW_SECONDS
        before = self._monotonic() - WINDOW_SECONDS
        window.expire(before)
        if not window.buckets:
            return limit, WINDOW_SECONDS
        # Told by the same difference by which it is forgotten: another one may be rounded to no time at all.
        return max(0, limit - window.count), min(window.buckets[0][1] - before, WINDOW_SECONDS)

    # -- what processes tell each other ----------------------------------------------------------

    def take_pending_hits(self) -> dict[bytes, int]:
        """The hits since this was last asked, by key."""
        pending, self._pending = self._pending, {}
        return pending

    @property
    def has_pending_hits(self) -> bool:
        return bool(self._pending)

    def add(self, key: bytes, count: int, *, seconds_ago: float) -> None:
        """Counts what another process admitted."""
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = _Window()
        self._windows.move_to_end(key)
        window.add(self._monotonic() - seconds_ago, count)

    def drop_expired(self) -> None:
        """Frees the memory of keys that nobody has hit for a window's length."""
        before = self._monotonic() - WINDOW_SECONDS
        while self._windows:
            key, window = next(iter(self._windows.items()))
            window.expire(before)
            if window.buckets:
                return
            del self._windows[key]
