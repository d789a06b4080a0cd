"""Clocks that stand still until a test moves them."""

from datetime import UTC, datetime, timedelta


class FakeMonotonicClock:
    """Seconds, like `time.monotonic`."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class FakeClock:
    """The time of day."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **duration: float) -> None:
        self.now += timedelta(**duration)
