"""The clock of the service while the demo is made: what happened three weeks ago has to have happened then."""

from datetime import datetime, timedelta

from taskhub.kernel.application.clock import Clock, system_clock


class DemoClock:
    """The machine's clock, behind by as much as it was set back. From there it only goes forward, never beyond the machine's."""

    def __init__(self, system: Clock = system_clock) -> None:
        self._system = system
        self._behind = timedelta()

    def __call__(self) -> datetime:
        return self._system() - self._behind

    def set_back(self, behind: timedelta) -> None:
        """Before anything has happened."""
        self._behind = behind

    def go_on(self, step: timedelta) -> None:
        self.go_to(self() + step)

    def go_to(self, instant: datetime) -> None:
        self._behind = max(timedelta(), min(self._behind, self._system() - instant))

    def catch_up(self) -> None:
        self._behind = timedelta()
