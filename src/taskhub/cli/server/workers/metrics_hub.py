"""What all workers have measured, as the supervisor knows it: those that run, and those that have ended."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from taskhub.cli.server.workers.channel import Channel, Kind
from taskhub.service.merged_metrics import added_up

ANSWER_SECONDS = 1.0
"""How long a worker may take to say what it has measured. Then what it said before is told."""

_encode = msgspec.msgpack.Encoder().encode


@dataclass(eq=False)
class Measuring:
    """One worker. ``last``: what it said last; empty before it has said anything."""

    channel: Channel
    last: bytes = b""


@dataclass(eq=False)
class _Question:
    asker: Measuring
    missing: set[Measuring]
    until: float


class MetricsHub:
    """Asks all workers for what they have measured when one of them is asked for it."""

    def __init__(self) -> None:
        self._of_ended = added_up([])
        self._workers: list[Measuring] = []
        self._questions: list[_Question] = []

    def add(self, worker: Measuring) -> None:
        self._workers.append(worker)

    def measured(self, worker: Measuring, snapshot: bytes, now: float) -> None:
        """A worker said what it has measured."""
        worker.last = snapshot
        for question in self._questions:
            question.missing.discard(worker)
        self.answer(now)

    def asked(self, asker: Measuring, snapshot: bytes, now: float) -> None:
        """A worker said what it has measured, and wants to know what the others have."""
        others = {worker for worker in self._workers if worker is not asker and worker.last}
        self._questions.append(_Question(asker, others, now + ANSWER_SECONDS))
        for worker in others:
            worker.channel.send(Kind.MEASURE)
        self.measured(asker, snapshot, now)

    def ended(self, worker: Measuring, now: float) -> None:
        """What it counted goes on counting."""
        self._workers.remove(worker)
        if worker.last:
            self._of_ended = added_up([self._of_ended, worker.last], only_cumulative=True)
        self._questions = [question for question in self._questions if question.asker is not worker]
        for question in self._questions:
            question.missing.discard(worker)
        self.answer(now)

    def answer(self, now: float) -> None:
        """Answers questions to which all others have said something, or that were open for too long: the oldest first."""
        for question in tuple(self._questions):
            if question.missing and now < question.until:
                continue
            self._questions.remove(question)
            question.asker.channel.send(Kind.PEERS, _encode([self._of_ended, *self._of_others(question.asker)]))

    def _of_others(self, asker: Measuring) -> Iterable[bytes]:
        return (worker.last for worker in self._workers if worker is not asker and worker.last)
