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
    """However often it is wanted while one is under way, one more follows: the settings may have changed meanwhile.

    If a worker with the new settings can't start, those that have them already are replaced by ones with the settings before.
    """

    def __init__(self, supervisor: Supervisor, renew: Callable[[], Work]) -> None:
        self._supervisor = supervisor
        self._renew = renew
        self._is_wanted = False
        self._is_under_way = False
        self._work_before: Work | None = None
        """What to go back to; None if no worker has to."""

    @property
    def needs_successor(self) -> bool:
        """Whether there is to be one worker more than otherwise, so that an old one can leave."""
        return bool(self._old) and not self._is_one_leaving

    @property
    def _old(self) -> list[WorkerProcess]:
        """Those whose work is not that of the workers that are started now."""
        workers, work = self._supervisor.workers, self._supervisor.work
        return [one for one in workers if one.state is not State.LEAVING and one.work is not work]

    @property
    def _is_one_leaving(self) -> bool:
        return any(one.state is State.LEAVING for one in self._supervisor.workers)

    def want(self) -> None:
        self._is_wanted = True

    def go_on(self) -> None:
        """Takes the next step, if it is time for it."""
        if self._is_one_leaving:
            return
        serving = sum(one.state is State.SERVING for one in self._supervisor.workers)
        if not self._is_under_way:
            if self._is_wanted:
                self._begin()
        elif self._old:
            if serving > self._supervisor.count:
                self._supervisor.retire(self._old[0])
        elif serving == self._supervisor.count:
            is_done = self._work_before is not None
            self._is_under_way, self._work_before = False, None
            log.info("the workers were reloaded" if is_done else "all workers have the settings before again")

    def start_failed(self, worker: WorkerProcess) -> None:
        """A worker ended before it took requests."""
        if self._work_before is None or worker.work is not self._supervisor.work:
            return
        self._supervisor.work, self._work_before = self._work_before, None
        log.error(
            "the reload was given up, and the settings before are used again: a new worker could not start",
            worker=worker.pid,
            ending=worker.ending,
        )

    def _begin(self) -> None:
        self._is_wanted = False
        try:
            work = self._renew()
        except Exception as error:  # The workers go on, whatever it is.
            event, reason = "the settings can't be taken over: the workers go on with those before", explanation(error)
            log.error(event, reason=reason or repr(error), exc_info=reason is None)  # noqa: TRY400  # A sentence, where there is one.
            return
        self._work_before, self._supervisor.work = self._supervisor.work, work
        self._is_under_way = True
        log.info("the workers are reloaded, one after the other")
