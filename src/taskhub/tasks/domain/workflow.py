"""Workflows: the statuses of a project and the transitions between them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from taskhub.kernel.domain.errors import Fault, ValidationFailed
from taskhub.kernel.domain.texts import folded
from taskhub.tasks.domain.errors import IllegalTransition, StatusInUse

CLOSED = frozenset({"done", "cancelled"})
MAX_STATUSES = 50


@dataclass(frozen=True, slots=True)
class Status:
    """A status of a project. Its category is comparable over all projects and never changes."""

    key: str
    name: str
    category: str


@dataclass(frozen=True)
class Workflow:
    """The statuses of a project. New tasks get the first one. Workflows of earlier versions may have duplicate names, or a closed
    first status.

    ``transitions``: for each status, the statuses that a task may change to; none if the status is missing. If it is None, every
    change is allowed.
    """

    statuses: tuple[Status, ...]
    transitions: Mapping[str, tuple[str, ...]] | None = None

    @classmethod
    def define(cls, statuses: tuple[Status, ...], transitions: Mapping[str, tuple[str, ...]] | None) -> "Workflow":
        """Raises:
        ValidationFailed: a duplicate key or name, a closed first status, or a transition with an unknown status.
        """
        faults = [*_repetitions(statuses), *_closed_first(statuses), *_unknown_steps(statuses, transitions or {})]
        if faults:
            raise ValidationFailed(*faults)
        if transitions is not None:
            transitions = {origin: tuple(dict.fromkeys(targets)) for origin, targets in transitions.items()}
        return cls(statuses, transitions)

    @cached_property
    def _categories(self) -> dict[str, str]:
        return {status.key: status.category for status in self.statuses}

    @property
    def first(self) -> str:
        return self.statuses[0].key

    def has(self, key: str) -> bool:
        return key in self._categories

    def category_of(self, key: str) -> str:
        """Raises:
        ValidationFailed: the project has no such status.
        """
        if key not in self._categories:
            known = ", ".join(self._categories)
            fault = Fault(
                "unknown_status", f"The project has no status with this key. Its statuses are: {known}.", pointer="/status"
            )
            raise ValidationFailed(fault)
        return self._categories[key]

    def check_transition(self, origin: str, target: str) -> None:
        """Raises:
        ValidationFailed: the project has no such status.
        IllegalTransition
        """
        self.category_of(target)
        if self.transitions is not None and target != origin:
            allowed = [key for key in self.transitions.get(origin, ()) if key != origin]
            if target not in allowed:
                raise IllegalTransition(origin, target, allowed)

    def check_replaces(self, former: "Workflow", moves: Mapping[str, str], in_use: frozenset[str]) -> dict[str, str]:
        """Checks that this workflow may replace a former one. ``in_use``: the statuses that tasks have.

        ``moves``: the new status for the tasks of each removed status. Entries for statuses without tasks are ignored, so that a
        retried request succeeds. Returns the entries that are needed.

        Raises:
            ValidationFailed: the category of a status would change, or tasks would get a status that does not exist.
            StatusInUse: a removed status still has tasks, and ``moves`` has no new status for them.
        """
        self._check_categories(former)
        self._check_moves(moves)
        going = [status.key for status in former.statuses if not self.has(status.key) and status.key in in_use]
        if homeless := [key for key in going if key not in moves]:
            raise StatusInUse(homeless)
        return {key: moves[key] for key in going}

    def _check_categories(self, former: "Workflow") -> None:
        faults = [
            Fault(
                "category_fixed",
                f"The category of the status {status.key} is {category} and can't be changed.",
                pointer=f"/statuses/{index}/category",
            )
            for index, status in enumerate(self.statuses)
            if (category := former._categories.get(status.key, status.category)) != status.category
        ]
        if faults:
            raise ValidationFailed(*faults)

    def _check_moves(self, moves: Mapping[str, str]) -> None:
        faults = [_not_there(target, f"/status_map/{origin}") for origin, target in moves.items() if not self.has(target)]
        faults += [
            Fault(
                "status_stays",
                f"The status {origin} is not removed, so its tasks can't get another one.",
                pointer=f"/status_map/{origin}",
            )
            for origin in moves
            if self.has(origin)
        ]
        if faults:
            raise ValidationFailed(*faults)


def _repetitions(statuses: tuple[Status, ...]) -> Iterator[Fault]:
    keys: set[str] = set()
    names: set[str] = set()
    for index, status in enumerate(statuses):
        name = folded(status.name)
        if status.key in keys:
            yield Fault("repeated", f"Another status has the key {status.key}.", pointer=f"/statuses/{index}/key")
        elif name in names:
            yield Fault(
                "repeated",
                "Another status has this name, apart from case and invisible characters.",
                pointer=f"/statuses/{index}/name",
            )
        keys.add(status.key)
        names.add(name)


def _closed_first(statuses: tuple[Status, ...]) -> Iterator[Fault]:
    if statuses[0].category in CLOSED:
        yield Fault(
            "closed_first",
            "New tasks get the first status, so its category can't be done or cancelled.",
            pointer="/statuses/0/category",
        )


def _unknown_steps(statuses: tuple[Status, ...], transitions: Mapping[str, tuple[str, ...]]) -> Iterator[Fault]:
    keys = {status.key for status in statuses}
    for origin, targets in transitions.items():
        if origin not in keys:
            yield _not_there(origin, f"/transitions/{origin}")
        for index, target in enumerate(targets):
            if target not in keys:
                yield _not_there(target, f"/transitions/{origin}/{index}")


def _not_there(key: str, pointer: str) -> Fault:
    return Fault("unknown_status", f"There is no status with the key {key}.", pointer=pointer)


STANDARD = Workflow(
    (
        Status("todo", "To do", "todo"),
        Status("in_progress", "In progress", "in_progress"),
        Status("done", "Done", "done"),
        Status("cancelled", "Cancelled", "cancelled"),
    )
)
"""The workflow of every new project."""
