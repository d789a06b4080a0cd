"""How often something happened within the last minute, wherever the minute begins: limits that no clock's turn doubles."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable

WINDOW_SECONDS = 60.0
GRAIN_SECONDS = 1.0
"""Hits so close together are remembered as one portion: a busy key takes 60 of them, however many hits there are."""


class _Window:
    """The hits of one key in portions ``[first, last, count]``, the oldest first. A portion counts until its last hit is old."""

    __slots__ = ("count", "portions")

    def __init__(self) -> None:
        self.portions: deque[list[float]] = deque()
        self.count = 0

    def forget(self, before: float) -> None:
        """Forgets what happened at this instant or before."""
        portions = self.portions
        while portions and portions[0][1] <= before:
            self.count -= int(portions.popleft()[2])

    def add(self, at: float, count: int) -> None:
        """Adds hits, also older ones."""
        self.count += count
        portions = self.portions
        place = len(portions)
        while place and at < portions[place - 1][0]:
            place -= 1
        if place and at - portions[place - 1][0] < GRAIN_SECONDS:
            portion = portions[place - 1]
            portion[1] = max(portion[1], at)
            portion[2] += count
        else:
            portions.insert(place, [at, at, count])


class Windows:
    """The moving windows of one process, by keys of 16 bytes. What other processes counted is added as it becomes known.

    No stretch of `WINDOW_SECONDS` ever has more hits of this process than the limit; a hit may count for `GRAIN_SECONDS` longer.
    What is refused is not counted: whoever keeps knocking is let in when there is room.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        # In the order of the last hits, but for what others told: what is over is found at the beginning.
        self._windows: OrderedDict[bytes, _Window] = OrderedDict()
        self._untold: dict[bytes, int] = {}

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
            window.forget(now - WINDOW_SECONDS)
        if window.count >= limit:
            return False
        window.add(now, 1)
        self._untold[key] = self._untold.get(key, 0) + 1
        return True

    def left(self, key: bytes, limit: int) -> tuple[int, float]:
        """How many hits there is room for, and in how many seconds there is more; the whole window if nothing happened in it."""
        window = self._windows.get(key)
        if window is None:
            return limit, WINDOW_SECONDS
        before = self._monotonic() - WINDOW_SECONDS
        window.forget(before)
        if not window.portions:
            return limit, WINDOW_SECONDS
        # Told by the same difference by which it is forgotten: another one may be rounded to no time at all.
        return max(0, limit - window.count), min(window.portions[0][1] - before, WINDOW_SECONDS)

    # -- what processes tell each other ----------------------------------------------------------

    def take_untold(self) -> dict[bytes, int]:
        """The hits since this was last asked, by key."""
        untold, self._untold = self._untold, {}
        return untold

    @property
    def has_untold(self) -> bool:
        return bool(self._untold)

    def add(self, key: bytes, count: int, *, seconds_ago: float) -> None:
        """Counts what another process admitted."""
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = _Window()
        self._windows.move_to_end(key)
        window.add(self._monotonic() - seconds_ago, count)

    def forget_old(self) -> None:
        """Frees the memory of keys that nobody has hit for a window's length."""
        before = self._monotonic() - WINDOW_SECONDS
        while self._windows:
            key, window = next(iter(self._windows.items()))
            window.forget(before)
            if window.portions:
                return
            del self._windows[key]
