"""Metrics in the format of Prometheus: of this process, or of all workers that serve together."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from prometheus_client import ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.service.merged_metrics import Merged, Peers, snapshot
from taskhub.service.ports import ConnectionPool, Monitored

LONG_REQUESTS = ("streams", "waiting")
MEDIA_TYPE = b"text/plain; version=0.0.4; charset=utf-8"

_PROCESS = ProcessCollector(registry=None)


async def measurements(app: Any) -> bytes:
    """All metrics of this process and its peers, and the parked events of the whole service if the database answers.

    Raises:
        Unavailable: nobody knows what the peers have measured.
    """
    own = snapshot_of(app, await _parked(app.state.container))
    peers: Peers | None = app.state.peers
    others = [] if peers is None else await peers.snapshots(own)
    return generate_latest(Merged([own, *others]))


def snapshot_of(app: Any, parked: Mapping[str, int] = MappingProxyType({})) -> bytes:
    """What this process has measured. ``parked``: events by subscriber, which are the same in all processes."""
    container: Monitored = app.state.container
    refused = app.state.throttle.refused if app.state.throttle else {}
    now = _CurrentValues(container, refused, parked, app.state.long_requests.open)
    return snapshot([*container.metrics_registry().collect(), *now.collect()])


def metrics_app(app: Any) -> ASGIApp:
    """An application that serves the metrics, for a separate port in the same process."""

    async def answer(_: Request) -> Response:
        try:
            return Response(await measurements(app), headers={"content-type": MEDIA_TYPE.decode()})
        except Unavailable as error:
            return Response(error.detail, 503, media_type="text/plain")

    return Starlette(routes=[Route("/metrics", answer)])


async def _parked(container: Monitored) -> dict[str, int]:
    try:
        counted = await container.count_parked_events()
    except (Unavailable, Busy):
        return {}
    return {subscriber.name: 0 for _, subscriber in container.subscribers()} | dict(counted)


class _CurrentValues(Collector):
    """Values that are kept elsewhere, read at each scrape."""

    def __init__(
        self, container: Monitored, refused: Mapping[str, int], parked: Mapping[str, int], open_requests: Mapping[str, int]
    ) -> None:
        self._container = container
        self._refused = refused
        self._parked = parked
        self._open_requests = open_requests

    def collect(self) -> Iterator[Metric]:
        yield from _PROCESS.collect()
        yield GaugeMetricFamily("taskhub_workers", "Processes that serve on this address.", 1)
        yield from self._of_database(self._container.database())
        yield from self._of_commands()
        lost = self._container.tracer.dropped if self._container.tracer is not None else 0
        yield CounterMetricFamily("taskhub_trace_spans_dropped", "Spans of traces that were not sent.", lost)
        yield _counters("rate_limited", "Requests refused for coming too often.", "limit", self._refused)
        parked = GaugeMetricFamily("taskhub_parked_events", "Events that a subscriber went past.", labels=["subscriber"])
        for subscriber, count in self._parked.items():
            parked.add_metric([subscriber], count)
        yield parked
        meaning = "Requests that wait for changes: streams, and reads of changes with `wait`."
        waiting = GaugeMetricFamily("taskhub_long_requests", meaning, labels=["kind"])
        for kind in LONG_REQUESTS:
            waiting.add_metric([kind], self._open_requests.get(kind, 0))
        yield waiting

    def _of_database(self, pool: ConnectionPool) -> Iterator[Metric]:
        yield GaugeMetricFamily("taskhub_database_connections_in_use", "Connections that are borrowed.", pool.borrowed)
        yield GaugeMetricFamily("taskhub_database_connections_waiting", "Borrowers that wait for a connection.", pool.waiting)
        yield GaugeMetricFamily(
            "taskhub_database_oldest_borrow_seconds",
            "For how long the connection is in use that was borrowed first.",
            pool.oldest_borrow_seconds(),
        )
        yield GaugeMetricFamily(
            "taskhub_database_connections_overdue",
            "Connections that are borrowed for longer than any statement may take: they were lost.",
            pool.overdue(),
        )
        yield GaugeMetricFamily("taskhub_database_connections_max", "The size of the pool.", pool.pool_size)
        yield CounterMetricFamily("taskhub_database_waits", "Times that all connections were in use.", pool.waits)
        waited = HistogramMetricFamily("taskhub_database_wait_seconds", "Time until a borrower had a connection.")
        waited.add_metric([], pool.acquired.buckets(), pool.acquired.seconds)
        yield waited
        meaning = "Time from sending a statement until all of its rows are there."
        statements = HistogramMetricFamily("taskhub_statement_seconds", meaning, labels=["statement"])
        for name, durations in pool.statement_log.durations.items():
            statements.add_metric([name], durations.buckets(), durations.seconds)
        yield statements

    def _of_commands(self) -> Iterator[Metric]:
        runners = {name: module.runner() for name, module in self._container.modules.items()}
        replays = {name: runner.replays for name, runner in runners.items()}
        yield _counters("replays", "Retried commands that got their first answer again.", "module", replays)
        reruns = {name: runner.reruns for name, runner in runners.items()}
        yield _counters("reruns", "Commands run again because something moved meanwhile.", "module", reruns)


def _counters(name: str, meaning: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(f"taskhub_{name}", meaning, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family
