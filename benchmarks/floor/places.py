"""Between which ranks a task is to stand. The ranks themselves are made by the service's own function, as by a library."""

from typing import NamedTuple

from benchmarks.floor.auth import Refused
from benchmarks.floor.store import Move

from taskhub.tasks.domain.rank import MAX_LENGTH, between


class Surroundings(NamedTuple):
    """The task's present rank, and the two between which it is to stand; None for an end of the project."""

    own: str
    low: str | None
    high: str | None

    @classmethod
    def of(cls, move: Move, own: str, beside: str | None, next: str | None) -> "Surroundings":
        """``beside``: the rank of the other task, if it is there; ``next``: the one beyond it, if there is one.

        Raises:
            Refused
        """
        if beside is None or move.other_id == move.task_id:
            raise Refused(422)
        return cls(own, next, beside) if move.before else cls(own, beside, next)

    @property
    def is_current(self) -> bool:
        return (self.low is None or self.low < self.own) and (self.high is None or self.own < self.high)

    def rank(self) -> str | None:
        """None behind the last one, where a place is taken instead.

        Raises:
            Refused: the service would make room here; no run has so many moves.
        """
        if self.high is None:
            return None
        rank = between(self.low, self.high)
        if len(rank) > MAX_LENGTH:
            raise Refused(503)
        return rank
