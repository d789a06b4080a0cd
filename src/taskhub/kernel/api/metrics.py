"""What is measured of every request."""

from prometheus_client import CollectorRegistry, Counter, Histogram

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class RequestMetrics:
    """Counts and durations by route, kept per process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Histogram(
            "taskhub_request_seconds",
            "Time from the arrival of a request to the end of its answer, but for requests that wait for changes.",
            ("method", "route"),
            buckets=_BUCKETS,
            registry=registry,
        )
        self._requests = Counter("taskhub_requests", "Requests answered.", ("method", "route", "status"), registry=registry)
        # Looking a labelled child up costs more than counting it.
        self._children: dict[tuple[str, str, int], tuple[Histogram, Counter]] = {}

    def observe(self, method: str, route: str, status: int, seconds: float | None) -> None:
        """``seconds``: None for a request that was open for as long as its client wanted."""
        key = (method, route, status)
        children = self._children.get(key)
        if children is None:
            children = (self._seconds.labels(method, route), self._requests.labels(method, route, str(status)))
            self._children[key] = children
        children[1].inc()
        if seconds is not None:
            children[0].observe(seconds)
