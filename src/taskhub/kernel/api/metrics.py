"""What is measured of every request."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from taskhub.kernel.application.durations import Durations


class RequestMetrics(Collector):
    """Counts and durations by route, kept per process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds: defaultdict[tuple[str, str], Durations] = defaultdict(Durations)
        self._requests: Counter[tuple[str, str, int]] = Counter()
        registry.register(self)

    def observe(self, method: str, route: str, status: int, seconds: float | None) -> None:
        """``seconds``: None for a request that was open for as long as its client wanted."""
        self._requests[method, route, status] += 1
        if seconds is not None:
            self._seconds[method, route].add(seconds)

    def collect(self) -> Iterator[Metric]:
        meaning = "Time from the arrival of a request to the end of its answer, but for requests that wait for changes."
        seconds = HistogramMetricFamily("taskhub_request_seconds", meaning, labels=["method", "route"])
        for labels, durations in self._seconds.items():
            seconds.add_metric(labels, durations.buckets(), durations.seconds)
        yield seconds
        requests = CounterMetricFamily("taskhub_requests", "Requests answered.", labels=["method", "route", "status"])
        for (method, route, status), count in self._requests.items():
            requests.add_metric([method, route, str(status)], count)
        yield requests
