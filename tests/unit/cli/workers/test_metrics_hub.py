"""Whoever is asked for metrics hears of all others, also of those that hang or have ended."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import msgspec
import pytest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from taskhub.cli.server.workers.channel import Channel, Kind, Message
from taskhub.cli.server.workers.metrics_hub import ANSWER_SECONDS, Measuring, MetricsHub
from taskhub.service.merged_metrics import merged, snapshot


def measured(count: int, *, open: int = 1) -> bytes:
    return snapshot([CounterMetricFamily("asked", "Requests.", count), GaugeMetricFamily("open", "Connections.", open)])


class FakeWorker(Measuring):
    def __init__(self, stack: ExitStack) -> None:
        ours, theirs = (stack.enter_context(one) for one in socket.socketpair())
        super().__init__(Channel(ours))
        self.own = Channel(theirs)

    def heard(self) -> list[Message]:
        return self.own.receive()

    def told(self) -> dict[str, float]:
        """What it was told of the others, added up."""
        (message,) = self.heard()
        assert message.kind is Kind.PEERS
        families = merged(msgspec.msgpack.decode(message.body, type=list[bytes]))
        return {name: value for family in families for name, _, value in family.samples}


@pytest.fixture
def hub() -> MetricsHub:
    return MetricsHub()


@pytest.fixture
def three(hub: MetricsHub) -> Iterator[list[FakeWorker]]:
    """Workers that have said that they counted 1, 2 and 4."""
    with ExitStack() as stack:
        workers = [FakeWorker(stack) for _ in range(3)]
        for number, worker in enumerate(workers):
            hub.add(worker)
            hub.measured(worker, measured(2**number), now=0)
        yield workers


def test_the_others_are_asked_for_what_they_measure_now(hub: MetricsHub, three: list[FakeWorker]) -> None:
    asker, *others = three
    hub.asked(asker, measured(1), now=0)
    assert [worker.heard() for worker in others] == [[Message(Kind.MEASURE)]] * 2
    hub.measured(others[0], measured(20), now=0)
    assert asker.heard() == []
    hub.measured(others[1], measured(40), now=0)
    assert asker.told() == {"asked_total": 60, "open": 2}


def test_one_that_hangs_is_told_with_what_it_said_last(hub: MetricsHub, three: list[FakeWorker]) -> None:
    asker, answering, _ = three
    hub.asked(asker, measured(1), now=0)
    hub.measured(answering, measured(20), now=0)
    hub.answer(ANSWER_SECONDS / 2)
    assert asker.heard() == []
    hub.answer(ANSWER_SECONDS)
    assert asker.told() == {"asked_total": 24, "open": 2}


def test_what_ended_workers_counted_goes_on_counting_once(hub: MetricsHub, three: list[FakeWorker]) -> None:
    asker, *others = three
    hub.asked(asker, measured(1), now=0)
    for worker in others:
        hub.ended(worker, now=0)
    assert asker.told() == {"asked_total": 6}
    hub.asked(asker, measured(100), now=0)
    assert asker.told() == {"asked_total": 6}


def test_one_that_ends_while_it_waits_is_not_answered(hub: MetricsHub, three: list[FakeWorker]) -> None:
    asker, *others = three
    hub.asked(asker, measured(1), now=0)
    hub.ended(asker, now=0)
    for worker in others:
        hub.measured(worker, measured(0), now=0)
    assert asker.heard() == []
