"""What is measured of deliveries."""

from prometheus_client import CollectorRegistry, Counter, Histogram

from taskhub.webhooks.domain.delivery import Outcome

_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class DeliveryMetrics:
    """Counts tries by what came of them, and how long receivers took."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._tries = Counter("taskhub_webhook_tries", "Tries to deliver to a webhook.", ("outcome",), registry=registry)
        self._seconds = Histogram(
            "taskhub_webhook_seconds", "Time that a try to deliver took.", buckets=_BUCKETS, registry=registry
        )

    def observe(self, outcome: Outcome) -> None:
        word = "success" if outcome.is_success else outcome.error or f"{outcome.status // 100 if outcome.status else 0}xx"
        self._tries.labels(word).inc()
        self._seconds.observe(outcome.duration_ms / 1000)
