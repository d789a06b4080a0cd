"""The supervisor of the workers: starts them, replaces those that end, and ends them. It takes no requests itself."""

import os
import select
import signal
import socket
import time
from collections.abc import Callable, Sequence

import structlog

from taskhub.cli.server.api_server import DRAIN_SECONDS, RETIRE_SECONDS
from taskhub.cli.server.workers.channel import Kind, Message
from taskhub.cli.server.workers.fair_share import ConnectionCounts
from taskhub.cli.server.workers.metrics_hub import MetricsHub
from taskhub.cli.server.workers.reload import Reload
from taskhub.cli.server.workers.restarts import Restarts
from taskhub.cli.server.workers.signals import SignalQueue, queued_signals
from taskhub.cli.server.workers.worker_process import WATCHED, State, Work, WorkerProcess, fork_worker
from taskhub.kernel.cli import CommandFailed

TICK_SECONDS = 0.25
START_SECONDS = 60.0
"""How long a worker may take until it takes requests."""
SILENT_SECONDS = 60.0
"""How long a worker that serves may say nothing. It says every few seconds what it has measured, unless it hangs."""
MAX_PAUSE_SECONDS = 5.0
"""If it takes longer from one look at the workers to the next, they were stopped as well (Ctrl-Z, a container that is paused)."""
KILL_SECONDS = 5.0
"""How much longer than it may take a worker has to end, before it is killed: it hangs."""

log = structlog.get_logger("taskhub.workers")


class Supervisor:
    """
    Attributes:
        count: how many workers serve, but for those of a reload.
        workers: all that run.
        work: what those do that are started from now on.
    """

    def __init__(
        self,
        work: Work,
        count: int,
        sockets: Sequence[socket.socket],
        *,
        renew: Callable[[], Work],
        on_serving: Callable[[], None],
        parent: int | None,
    ) -> None:
        """``sockets``: that the workers listen on. Closed when it ends, so that nobody waits who is not answered any more.

        ``renew``: the work with the settings of now, for a reload. ``on_serving``: called when all workers serve.

        ``parent``: the id of the parent process, if the service ends with it.
        """
        self.workers: list[WorkerProcess] = []
        self.work = work
        self.count = count
        self._sockets = sockets
        self._counts = ConnectionCounts(count + 1)  # In a reload there is one more, which starts or leaves.
        self._on_serving: Callable[[], None] | None = on_serving
        self._parent = parent
        self._hub = MetricsHub()
        self._restarts = Restarts()
        self._reload = Reload(self, renew)
        self._has_terminal = _has_terminal()
        self._is_stopping = False
        self._failure = ""
        self._looked_at = time.monotonic()

    def run(self) -> None:
        """Returns when it was told to end, and all workers have.

        Raises:
            CommandFailed: no worker can start.
        """
        with queued_signals(*WATCHED) as signals:
            try:
                while not self._is_stopping:
                    self.turn(signals)
            finally:
                self._stop()
                while self.workers:
                    self._go_on(signals)

    def turn(self, signals: SignalQueue) -> None:
        """Does what has to be done now, waits for what happens next, for a moment at most, and acts upon it.

        Raises:
            CommandFailed: no worker can start.
        """
        self._end_if_no_worker_can_start()
        self._reload.go_on()
        self._start_missing()
        self._go_on(signals)

    def retire(self, worker: WorkerProcess) -> None:
        """Has a worker let its clients go, and end."""
        worker.state = State.LEAVING
        worker.kill_at = time.monotonic() + RETIRE_SECONDS + DRAIN_SECONDS + KILL_SECONDS
        worker.channel.send(Kind.RETIRE)

    # -- what happens ----------------------------------------------------------------------------

    def _go_on(self, signals: SignalQueue) -> None:
        """Waits for what happens next, for a moment at most, and acts upon it."""
        self._wait(signals)
        for number in signals.take():
            self._act_upon(number)
        if self._parent is not None and os.getppid() != self._parent:
            self._stop()
        now = time.monotonic()
        self._allow_for_pause(now)
        for worker in tuple(self.workers):
            self._receive(worker, now)
            if worker.has_ended:
                self._ended(worker, now)
            elif now >= worker.kill_at:
                log.error("a worker hangs and is killed", worker=worker.pid, state=worker.state.name.lower())
                worker.signal(signal.SIGKILL)
        self._hub.answer(now)

    def _allow_for_pause(self, now: float) -> None:
        pause, self._looked_at = now - self._looked_at, now
        if pause > MAX_PAUSE_SECONDS:
            for worker in self.workers:
                worker.kill_at += pause

    def _wait(self, signals: SignalQueue) -> None:
        poll = select.poll()
        poll.register(signals.fileno(), select.POLLIN)
        for worker in self.workers:
            if not worker.has_closed_channel:
                poll.register(worker.channel.fileno(), select.POLLIN | (select.POLLOUT if worker.channel.has_unsent else 0))
        poll.poll(TICK_SECONDS * 1000)

    def _act_upon(self, number: signal.Signals) -> None:
        if number == signal.SIGHUP and not self._terminal_is_gone():
            self._reload.want()
        elif number != signal.SIGCHLD:
            if (
                self._is_stopping and number == signal.SIGINT
            ):  # Pressed twice: requests under way are aborted, as with one process.
                self._signal_all(signal.SIGINT)
            self._stop()

    def _receive(self, worker: WorkerProcess, now: float) -> None:
        worker.channel.flush()
        try:
            for message in () if worker.has_closed_channel else worker.channel.receive():
                self._handle(worker, message, now)
        except EOFError:
            worker.has_closed_channel = True

    def _handle(self, worker: WorkerProcess, message: Message, now: float) -> None:
        if worker.state is State.SERVING:
            worker.kill_at = now + SILENT_SECONDS
        if message.kind is Kind.MEASURED:
            self._hub.measured(worker, message.body, now)
        elif message.kind is Kind.ASKS_PEERS:
            self._hub.asked(worker, message.body, now)
        elif message.kind is Kind.SERVES and worker.state is State.STARTING:
            self._serves(worker, now)

    def _serves(self, worker: WorkerProcess, now: float) -> None:
        worker.state, worker.kill_at = State.SERVING, now + SILENT_SECONDS
        self._restarts.serves()
        if self._on_serving is None:
            log.info("a worker serves", worker=worker.pid)
        elif sum(worker.state is State.SERVING for worker in self.workers) == self.count:
            self._on_serving()
            self._on_serving = None

    def _ended(self, worker: WorkerProcess, now: float) -> None:
        self._receive(worker, now)  # What it sent before it ended. A process that it started may keep the channel open.
        self.workers.remove(worker)
        self._hub.ended(worker, now)
        worker.channel.close()
        self._counts.free(worker.place)
        if worker.state is State.LEAVING:
            return
        log.error("a worker ended", worker=worker.pid, ending=worker.ending)
        if worker.state is State.STARTING:
            self._reload.start_failed(worker)
        self._restarts.ended(has_served=worker.state is State.SERVING, began=worker.began, now=now)
        self._failure = f"A worker could not start ({worker.ending})"

    # -- what is done ----------------------------------------------------------------------------

    def _start_missing(self) -> None:
        wanted = self.count + self._reload.needs_successor
        while sum(worker.state is not State.LEAVING for worker in self.workers) < wanted:
            if (now := time.monotonic()) < self._restarts.not_before:
                return
            self._start(now)

    def _start(self, now: float) -> None:
        try:
            worker = fork_worker(self.work, self._counts, self.workers, now)
        except OSError as error:  # Too many processes or open files, or too little memory.
            log.error("a worker could not be started", reason=str(error))  # noqa: TRY400  # A sentence for operators.
            self._restarts.ended(has_served=False, began=now, now=now)
            self._failure = f"A worker could not be started ({error})"
            return
        worker.kill_at = now + START_SECONDS
        self.workers.append(worker)
        self._hub.add(worker)

    def _end_if_no_worker_can_start(self) -> None:
        if self._restarts.have_failed and not any(worker.state is State.SERVING for worker in self.workers):
            raise CommandFailed(f"{self._failure}: what it said stands above. The service ends.")

    def _stop(self) -> None:
        if self._is_stopping:
            return
        self._is_stopping = True
        for one in self._sockets:
            one.close()
        for worker in self.workers:
            worker.state = State.LEAVING
            worker.kill_at = time.monotonic() + DRAIN_SECONDS + KILL_SECONDS
        self._signal_all(signal.SIGTERM)

    def _signal_all(self, number: signal.Signals) -> None:
        for worker in self.workers:
            worker.signal(number)

    def _terminal_is_gone(self) -> bool:
        """Whether SIGHUP has its first meaning: nobody is there any more who could press Ctrl-C."""
        return self._has_terminal and not _has_terminal()


def _has_terminal() -> bool:
    """Whether this process belongs to a terminal whose end it is told by SIGHUP (with `nohup` it is not)."""
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        return False
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
