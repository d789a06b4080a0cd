"""When a worker that ended is replaced."""

SHORT_LIFE_SECONDS = 10.0
FIRST_PAUSE_SECONDS = 0.25
MAX_PAUSE_SECONDS = 10.0
MAX_FAILED_STARTS = 5


class Restarts:
    """Who ends soon after it started is replaced after a pause, which doubles each time; who lived for a while, at once."""

    def __init__(self) -> None:
        self._pause = 0.0
        self._failed_starts = 0
        self._has_served = False
        self.not_before = 0.0
        """When the next one may start, in seconds of the monotonic clock."""

    def serves(self) -> None:
        """One takes requests."""
        self._has_served = True
        self._failed_starts = 0

    def ended(self, *, has_served: bool, began: float, now: float) -> None:
        if not has_served:
            self._failed_starts += 1
        if now - began < SHORT_LIFE_SECONDS:
            self._pause = min(MAX_PAUSE_SECONDS, max(FIRST_PAUSE_SECONDS, self._pause * 2))
            self.not_before = now + self._pause
        else:
            self._pause = self.not_before = 0.0

    @property
    def have_failed(self) -> bool:
        """Whether the next one would end like those before it: none has ever served, or many in a row have not."""
        return self._failed_starts >= (MAX_FAILED_STARTS if self._has_served else 1)
