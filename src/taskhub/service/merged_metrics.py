"""Metrics of several processes as one: what each measured, as bytes, and how they are added up."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

import msgspec
from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

Labels = dict[str, str]


class Family(msgspec.Struct, array_like=True):
    """What one process measured under one name. ``samples``: the name, the labels and the value of each."""

    name: str
    meaning: str
    kind: str
    samples: list[tuple[str, Labels, float]]


class Peers(Protocol):
    """The other processes of the same service on this machine."""

    async def snapshots(self, own: bytes) -> Sequence[bytes]:
        """What each of them measures now, and what those measured that have ended. ``own``: what this one shows with it.

        Raises:
            Unavailable: nobody knows.
        """


CUMULATIVE = frozenset({"counter", "histogram"})
"""What goes on counting where a process has ended; all else is only true of those that run."""
_SMALLEST = ("_created", "process_start_time_seconds")
_LARGEST = frozenset(
    {
        "taskhub_database_oldest_borrow_seconds",
        "taskhub_parked_events",
        # What each process has its own limit for: a sum would hide that one of them has reached it.
        "taskhub_database_connections_in_use",
        "taskhub_database_connections_max",
        "process_open_fds",
        "process_max_fds",
    }
)

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Family]).decode


def snapshot(metrics: Iterable[Metric]) -> bytes:
    return _encode([_family(metric) for metric in metrics])


def added_up(snapshots: Iterable[bytes], *, only_cumulative: bool = False) -> bytes:
    """One snapshot of several. ``only_cumulative``: without what is only true of processes that run."""
    families = merged(snapshots)
    return _encode([family for family in families if family.kind in CUMULATIVE or not only_cumulative])


def merged(snapshots: Iterable[bytes]) -> list[Family]:
    """Each family once, in the order in which they come first, and in it each combination of labels."""
    families: dict[str, Family] = {}
    values: dict[str, dict[tuple[str, frozenset[tuple[str, str]]], tuple[Labels, float]]] = {}
    for family in (family for one in snapshots for family in _decode(one)):
        families.setdefault(family.name, Family(family.name, family.meaning, family.kind, []))
        samples = values.setdefault(family.name, {})
        for name, labels, value in family.samples:
            key = (name, frozenset(labels.items()))
            before = samples.get(key)
            samples[key] = (labels, value if before is None else _combination(name)((before[1], value)))
    for name, samples in values.items():
        families[name].samples = [(sample, labels, value) for (sample, _), (labels, value) in samples.items()]
    return list(families.values())


def _combination(name: str) -> Callable[[tuple[float, float]], float]:
    if name.endswith(_SMALLEST):
        return min
    return max if name in _LARGEST else sum


def _family(metric: Metric) -> Family:
    samples = [(sample.name, sample.labels, float(sample.value)) for sample in metric.samples]
    return Family(metric.name, metric.documentation, metric.type, samples)


class Merged(Collector):
    """Snapshots in the form that Prometheus' client writes."""

    def __init__(self, snapshots: Iterable[bytes]) -> None:
        self._families = merged(snapshots)

    def collect(self) -> Iterator[Metric]:
        for family in self._families:
            metric = Metric(family.name, family.meaning, family.kind)
            metric.samples = [Sample(name, labels, value) for name, labels, value in family.samples]
            yield metric
