"""Where the tasks of a project may stand, and where they may go from there."""

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
    """A status of a project. Its category is what all projects have in common; it never changes."""

    key: str
    name: str
    category: str


@dataclass(frozen=True)
class Workflow:
    """The statuses of a project, the first of them that of new tasks. Those of former versions may share names, or begin closed.

    ``transitions`` tells for each status which ones a task may go to from there, none where it is missing. Without transitions
    any may follow any.
    """

    statuses: tuple[Status, ...]
    transitions: Mapping[str, tuple[str, ...]] | None = None

    @classmethod
    def define(cls, statuses: tuple[Status, ...], transitions: Mapping[str, tuple[str, ...]] | None) -> "Workflow":
        """Raises:
        ValidationFailed: a key or a name twice, a first status that is closed, or a transition of a status that is not there.
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
            fault = Fault("unknown_status", f"The project has no such status. It has: {known}.", pointer="/status")
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
        """Checks whether this may take the place of a former workflow, where tasks stand at the statuses that are in use.

        ``moves`` tells where the tasks of a status that goes are to go; what it says of others is not needed, so that a repeated
        request finds its work done. Returns the moves that are.

        Raises:
            ValidationFailed: a status would change its category, or its tasks would move to one that is not there.
            StatusInUse: a status goes, and nothing tells where its tasks are to go.
        """
        self._check_categories(former)
        self._check_moves(moves)
        going = [status.key for status in former.statuses if not self.has(status.key) and status.key in in_use]
        if homeless := [key for key in going if key not in moves]:
            raise StatusInUse(homeless)
        return {key: moves[key] for key in going}

    def _check_categories(self, former: "Workflow") -> None:
        faults = [
            Fault("category_fixed", f"The category of {status.key} stays {category}.", pointer=f"/statuses/{index}/category")
            for index, status in enumerate(self.statuses)
            if (category := former._categories.get(status.key, status.category)) != status.category
        ]
        if faults:
            raise ValidationFailed(*faults)

    def _check_moves(self, moves: Mapping[str, str]) -> None:
        faults = [_not_there(target, f"/status_map/{origin}") for origin, target in moves.items() if not self.has(target)]
        faults += [
            Fault("status_stays", f"{origin} stays a status: its tasks stay with it.", pointer=f"/status_map/{origin}")
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
            yield Fault("repeated", f"The key {status.key} stands here twice.", pointer=f"/statuses/{index}/key")
        elif name in names:
            yield Fault("repeated", "Another status has this name, however it is written.", pointer=f"/statuses/{index}/name")
        keys.add(status.key)
        names.add(name)


def _closed_first(statuses: tuple[Status, ...]) -> Iterator[Fault]:
    if statuses[0].category in CLOSED:
        yield Fault(
            "closed_first", "New tasks begin at the first status: it can't be a closed one.", pointer="/statuses/0/category"
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
    return Fault("unknown_status", f"{key} is not among the statuses.", pointer=pointer)


STANDARD = Workflow(
    (
        Status("todo", "To do", "todo"),
        Status("in_progress", "In progress", "in_progress"),
        Status("done", "Done", "done"),
        Status("cancelled", "Cancelled", "cancelled"),
    )
)
"""What every project has from the start."""
