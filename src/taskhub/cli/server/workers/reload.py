"""A reload: one worker after the other is replaced by one with the settings of now, which serves before the old one leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from taskhub.cli.errors import explanation
from taskhub.cli.server.workers.worker_process import State, Work, WorkerProcess

if TYPE_CHECKING:
    from taskhub.cli.server.workers.supervisor import Supervisor

log = structlog.get_logger("taskhub.workers")


class Reload:
    """However often it is wanted while one is under way, one more follows: the settings may have changed meanwhile."""

    def __init__(self, supervisor: Supervisor, renew: Callable[[], Work]) -> None:
        self._supervisor = supervisor
        self._renew = renew
        self._is_wanted = False
        self._work_before = supervisor.work
        self._old: list[WorkerProcess] = []
        self._successor: WorkerProcess | None = None
        self._leaving: WorkerProcess | None = None

    @property
    def is_starting(self) -> bool:
        """Whether there is one worker more than otherwise: the successor of one that still serves."""
        return self._successor is not None

    def want(self) -> None:
        self._is_wanted = True

    def go_on(self) -> None:
        """Takes the next step, if it is time for it."""
        if self._leaving is not None:
            return
        if self._successor is None:
            if self._old:
                self._successor = self._supervisor.start()
            elif self._is_wanted:
                self._begin()
        elif self._successor.state is State.SERVING:
            self._successor = None
            if self._old:  # It may have ended by itself meanwhile, and then its successor is its replacement.
                self._leaving = self._old.pop(0)
                self._supervisor.retire(self._leaving)

    def ended(self, worker: WorkerProcess) -> bool:
        """Whether the end of a worker is the reload's affair."""
        if worker is self._leaving:
            self._leaving = None
            if not self._old:
                log.info("the workers were reloaded")
        elif worker is self._successor:
            self._give_up(worker)
        else:
            self._old = [one for one in self._old if one is not worker]
            return False
        return True

    def _begin(self) -> None:
        self._is_wanted = False
        try:
            work = self._renew()
        except Exception as error:
            if (reason := explanation(error)) is None:
                raise
            log.error("the settings can't be taken over: the workers go on with those before", reason=reason)  # noqa: TRY400  # A sentence for operators.
            return
        self._work_before, self._supervisor.work = self._supervisor.work, work
        self._old = list(self._supervisor.workers)
        log.info("the workers are reloaded, one after the other")

    def _give_up(self, successor: WorkerProcess) -> None:
        self._successor = None
        self._old = []
        self._supervisor.work = self._work_before
        log.error("the reload was given up: a new worker could not start", worker=successor.pid, ending=successor.ending)
