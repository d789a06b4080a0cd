"""A worker, as its supervisor sees it: a process that was forked from it, which serves on the same sockets."""

import math
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from multiprocessing.process import BaseProcess

from taskhub.cli.failures import failures_told
from taskhub.cli.server.signals import SIGNALS, exit_on_signals
from taskhub.cli.server.workers.channel import Channel
from taskhub.cli.server.workers.fair_share import ConnectionCounts, FairShare
from taskhub.cli.server.workers.metrics_hub import Measuring

WATCHED = (*SIGNALS, signal.SIGHUP, signal.SIGCHLD)
"""The signals that the supervisor acts upon."""

Work = Callable[[Channel, FairShare], None]


class State(Enum):
    STARTING = "it takes no requests yet"
    SERVING = "it takes requests"
    LEAVING = "it was told to end"


@dataclass(eq=False)
class WorkerProcess(Measuring):
    """
    Attributes:
        began: when it was started, in seconds of the monotonic clock.
        kill_at: when it hangs if it is still in this state.
        place: among those whose connections are counted.
        work: what it does.
        has_closed_channel: whether its end of the channel is closed.
    """

    process: BaseProcess = field(kw_only=True)
    began: float = field(kw_only=True)
    place: int = field(kw_only=True)
    work: Work = field(kw_only=True)
    kill_at: float = math.inf
    state: State = State.STARTING
    has_closed_channel: bool = False

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    @property
    def has_ended(self) -> bool:
        return self.process.exitcode is not None

    @property
    def ending(self) -> str:
        """How it ended, for the log."""
        code = self.process.exitcode or 0
        return f"exit code {code}" if code >= 0 else f"killed by {_name(-code)}"

    def signal(self, number: signal.Signals) -> None:
        if not self.has_ended:
            os.kill(self.pid, number)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # Most real-time signals have no name.
        return f"signal {number}"


def fork_worker(work: Work, counts: ConnectionCounts, others: list[WorkerProcess], began: float) -> WorkerProcess:
    """Starts a worker. Signals that come while it is started are not lost, and reach the handlers of the process they are for.

    ``others``: those that run. It inherits their channels, and closes them.

    Raises:
        OSError: there are too many processes or open files, or there is too little memory.
    """
    ours, theirs = socket.socketpair()
    place = counts.take_place()
    process = multiprocessing.get_context("fork").Process(
        target=_run, args=(work, theirs, FairShare(counts, place), [ours, *others])
    )
    sys.stdout.flush()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    try:
        process.start()
    except OSError:
        ours.close()
        counts.free(place)
        raise
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
    return WorkerProcess(Channel(ours), process=process, began=began, place=place, work=work)


def _run(work: Work, theirs: socket.socket, share: FairShare, inherited: list[socket.socket | WorkerProcess]) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with exit_on_signals(), failures_told():
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
        for one in inherited:
            (one if isinstance(one, socket.socket) else one.channel).close()
        work(Channel(theirs), share)
