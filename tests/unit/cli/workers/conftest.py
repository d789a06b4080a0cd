"""A supervisor whose workers are no processes."""

import itertools
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from taskhub.cli.server.workers import supervisor as supervisor_module
from taskhub.cli.server.workers.channel import Channel, Kind
from taskhub.cli.server.workers.fair_share import ConnectionCounts
from taskhub.cli.server.workers.signals import SignalQueue
from taskhub.cli.server.workers.supervisor import Supervisor
from taskhub.cli.server.workers.worker_process import State, Work, WorkerProcess

_pids = itertools.count(100_000_000)


@dataclass
class FakeProcess:
    pid: int = field(default_factory=lambda: next(_pids))
    exitcode: int | None = None


def first_work(*_: object) -> None:
    """What workers do first."""


def next_work(*_: object) -> None:
    """What workers do after a reload."""


class Fleet:
    """A supervisor of two workers, whose clock and processes the test moves."""

    def __init__(self, stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
        self._stack = stack
        self.now = 1000.0
        self.fork_error: OSError | None = None
        self.work: Work = next_work
        self.error: Exception | None = None
        self.killed: list[int] = []
        monkeypatch.setattr(supervisor_module, "fork_worker", self._fork)
        monkeypatch.setattr(supervisor_module, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(supervisor_module, "TICK_SECONDS", 0)
        monkeypatch.setattr(WorkerProcess, "signal", lambda worker, _: self.killed.append(worker.pid))
        self.own_ends: dict[int, Channel] = {}
        self._signals: list[signal.Signals] = []
        self.signals_end, _ = (stack.enter_context(one) for one in socket.socketpair())
        self.supervisor = Supervisor(first_work, 2, [], renew=self._renew, on_serving=lambda: None, parent=None)

    def _renew(self) -> Work:
        if self.error is not None:
            raise self.error
        return self.work

    @property
    def workers(self) -> list[WorkerProcess]:
        return self.supervisor.workers

    def _fork(self, work: Work, counts: ConnectionCounts, _: list[WorkerProcess], began: float) -> WorkerProcess:
        if self.fork_error is not None:
            raise self.fork_error
        ours, theirs = (self._stack.enter_context(one) for one in socket.socketpair())
        process = FakeProcess()
        self.own_ends[process.pid] = Channel(theirs)
        return WorkerProcess(Channel(ours), process=cast("Any", process), began=began, place=counts.take_place(), work=work)

    # What `SignalQueue` has.

    def fileno(self) -> int:
        return self.signals_end.fileno()

    def take(self) -> list[signal.Signals]:
        signals, self._signals = self._signals, []
        return signals

    # What tests do.

    def turn(self, seconds: float = 0.0) -> None:
        """One turn of the supervisor's loop, so many seconds later."""
        self.now += seconds
        self.supervisor.turn(cast("SignalQueue", self))

    def reload(self) -> None:
        self._signals.append(signal.SIGHUP)
        self.turn()
        self.turn()

    def says(self, worker: WorkerProcess, kind: Kind, body: bytes = b"") -> None:
        self.own_ends[worker.pid].send(kind, body)

    def serve(self) -> None:
        """All that start begin to take requests."""
        for worker in self.workers:
            if worker.state is State.STARTING:
                self.says(worker, Kind.SERVES)
        self.turn()

    def end(self, worker: WorkerProcess, code: int = -9) -> None:
        cast("FakeProcess", worker.process).exitcode = code
        self.own_ends[worker.pid].close()
        self.turn()

    def settle(self) -> None:
        """Those that start take requests, and those that are to leave do, until nothing changes any more."""
        for _ in range(20):
            self.serve()
            for worker in tuple(self.workers):
                if worker.state is State.LEAVING:
                    self.end(worker, 0)
            self.turn(20)
            for worker in self.workers:
                self.says(worker, Kind.ASKS_PEERS)


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fleet]:
    with ExitStack() as stack:
        yield Fleet(stack, monkeypatch)
