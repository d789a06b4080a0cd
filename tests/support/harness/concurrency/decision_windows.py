"""The range of sequence numbers in a log within which the service must have decided about a request."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from support.harness.concurrency.clients import Exchange
from support.harness.event_log import Event

SeqRange = tuple[int, int]
"""A part of a log: from the state after the first of these numbers up to, and without, the one after the second."""


class DecisionWindows:
    """Linearizability: a write acknowledged before the request was sent comes first; one sent after its answer comes later."""

    def __init__(self, exchanges: Iterable[Exchange], log: Sequence[Event]) -> None:
        self.seqs: dict[str, int] = {event["request_id"]: event["seq"] for event in log}
        done = [(one.sent, one.came, self.seqs[one.id]) for one in exchanges if one.id in self.seqs]
        self._came, self._latest_by_came = _running((came, seq) for _, came, seq in done)
        self._sent, self._latest_by_sent = _running((sent, seq) for sent, _, seq in done)

    def of(self, exchange: Exchange) -> SeqRange:
        earliest = self._latest_by_came[bisect_right(self._came, exchange.sent)]
        latest = self._latest_by_sent[bisect_left(self._sent, exchange.came)]
        return earliest, latest + 1


def _running(seqs: Iterable[tuple[float, int]]) -> tuple[list[float], list[int]]:
    """Moments in their order, and the greatest number up to each."""
    in_order = sorted(seqs)
    return [moment for moment, _ in in_order], list(accumulate((seq for _, seq in in_order), max, initial=0))
