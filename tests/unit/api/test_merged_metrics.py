"""Metrics of several processes are added up as their meaning wants it."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from taskhub.service.merged_metrics import Merged, added_up, merged, snapshot


def values(*snapshots: bytes) -> dict[tuple[str, str], float]:
    return {(name, ",".join(labels.values())): value for family in merged(snapshots) for name, labels, value in family.samples}


def gauge(name: str, value: float) -> bytes:
    return snapshot([GaugeMetricFamily(name, "Something.", value)])


def registry(**counts: int) -> CollectorRegistry:
    own = CollectorRegistry()
    counter = Counter("asked", "Requests.", ("route",), registry=own)
    seconds = Histogram("seconds", "Time.", buckets=(1.0,), registry=own)
    for route, count in counts.items():
        counter.labels(route).inc(count)
        seconds.observe(count)
    return own


def of(own: CollectorRegistry) -> bytes:
    return snapshot(own.collect())


def test_counters_and_histograms_are_added_up_by_their_labels() -> None:
    told = values(of(registry(one=1, two=2)), of(registry(two=3)))
    assert (told["asked_total", "one"], told["asked_total", "two"]) == (1, 5)
    assert (told["seconds_bucket", "1.0"], told["seconds_bucket", "+Inf"]) == (1, 3)
    assert (told["seconds_count", ""], told["seconds_sum", ""]) == (3, 6)


def test_gauges_are_added_up_but_for_those_of_which_the_largest_or_the_first_counts() -> None:
    assert values(gauge("open", 2), gauge("open", 3)) == {("open", ""): 5}
    for name, expected in {
        "taskhub_database_oldest_borrow_seconds": 3,
        "taskhub_parked_events": 3,
        "taskhub_database_connections_in_use": 3,
        "taskhub_database_connections_max": 3,
        "process_open_fds": 3,
        "process_max_fds": 3,
        "process_start_time_seconds": 2,
        "asked_created": 2,
    }.items():
        assert values(gauge(name, 2), gauge(name, 3), gauge(name, 2)) == {(name, ""): expected}


def test_of_those_that_have_ended_only_what_they_counted_is_kept() -> None:
    ended = added_up([of(registry(one=1)), gauge("open", 2)], only_cumulative=True)
    told = values(ended, of(registry(one=1)))
    assert told["asked_total", "one"] == 2
    assert ("open", "") not in told


def test_one_process_alone_tells_what_it_would_without() -> None:
    own = registry(one=1, two=2)
    assert generate_latest(Merged([of(own)])) == generate_latest(own)


def test_what_only_one_has_measured_is_told_too() -> None:
    empty = snapshot([Metric("nothing", "Nothing yet.", "gauge")])
    assert [family.name for family in merged([empty, gauge("open", 1)])] == ["nothing", "open"]
