"""The state of a unit of work in memory: a store of committed aggregates, and a session with uncommitted changes."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

from support.fakes.tasks.constraints import refuse
from support.fakes.tasks.rank_index import RankIndex
from support.harness.event_check import declared
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.unit_of_work import ConcurrencyConflict
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.domain.errors import NotFound, StaleVersion
from taskhub.tasks.application.ports import Allocation, RankGap
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.rank import at_end
from taskhub.tasks.domain.task import Task

Key = tuple[type, UUID, UUID]


@dataclass
class Ledger:
    """Numbers, places and keys that were given to tasks, and are never given again."""

    numbers: dict[UUID, int] = field(default_factory=dict)
    places: dict[UUID, int] = field(default_factory=dict)
    former_keys: dict[tuple[UUID, str, int], UUID] = field(default_factory=dict)
    rank_index: RankIndex = field(default_factory=RankIndex)

    def copy(self) -> Self:
        return type(self)(self.numbers.copy(), self.places.copy(), self.former_keys.copy(), self.rank_index.copy())

    def allocate(self, project_id: UUID, numbers: int, places: int) -> Allocation:
        number, place = self.numbers.get(project_id, 0), self.places.get(project_id, 0)
        self.numbers[project_id], self.places[project_id] = number + numbers, place + places
        ranks = [at_end(one) for one in range(place + 1, place + places + 1)]
        return Allocation(range(number + 1, number + numbers + 1), ranks)


class FakeStore:
    """What has been committed: aggregates by type and key, and the types of their events in order.

    ``buried``: the ids of those that are gone, though what is left of them stays.
    """

    def __init__(self) -> None:
        self.aggregates: dict[Key, Any] = {}
        self.events: list[tuple[str, UUID, int]] = []
        self.ledger = Ledger()
        self.used_ids: set[tuple[UUID, UUID]] = set()
        self.members: set[UUID] = set()
        self.forgotten: set[UUID] = set()
        self.buried: set[UUID] = set()
        self.external_keys: dict[tuple[UUID, str], UUID] = {}
        """Those of purged tasks as well."""


class FakeSession:
    """The identity map and the pending changes of a unit of work, shared by its repositories."""

    def __init__(self, store: FakeStore) -> None:
        self.store = store
        self.ledger = store.ledger.copy()
        self.loaded: dict[Key, Any] = {}
        self.added: set[Key] = set()
        self.removed: list[Key] = []
        self.buried: set[UUID] = set()
        self.taken: list[tuple[Project, RankGap]] = []
        self.is_locking = False
        self.rests_on_cache = False

    def find(self, kind: type, workspace_id: UUID, id: UUID, *, with_deleted: bool) -> Any | None:
        key = (kind, workspace_id, id)
        if key not in self.loaded and key in self.store.aggregates:
            self.loaded[key] = copy(self.store.aggregates[key])
        found = self.loaded.get(key)
        return found if found and (with_deleted or getattr(found, "deleted_at", None) is None) else None

    def all(self, kind: type, workspace_id: UUID) -> list[Any]:
        keys = [key for key in self.store.aggregates if key[:2] == (kind, workspace_id)]
        return [self.find(*key, with_deleted=True) for key in keys]

    def put(self, aggregate: Any) -> None:
        self.added.add(key_of(aggregate))
        self.loaded[key_of(aggregate)] = aggregate

    def drop(self, aggregates: Iterable[Any]) -> None:
        self.removed += [key_of(aggregate) for aggregate in aggregates]

    def writes(self) -> None:
        """Rows are changed before the commit only in a transaction."""
        assert self.is_locking

    def take(self, project: Project, gap: RankGap) -> None:
        if not self.is_locking:
            self.taken.append((project, gap))
            self.ledger.allocate(project.id, 0, 1)

    def flush(self) -> None:
        """Writes the changes to the store, like a commit.

        Raises:
            ConcurrencyConflict
            DomainError: the database would refuse a row.
        """
        for project, gap in self.taken:
            self._check(project, gap)
        changed = {key: aggregate for key, aggregate in self.loaded.items() if aggregate.event is not None}
        rows = {key: row for key, row in {**self.store.aggregates, **changed}.items() if key not in self.removed}
        refuse((key[1:] for key in self.added), self.store.used_ids, rows.values())
        external_keys = self._claimed(task for task in changed.values() if isinstance(task, Task) and key_of(task) in rows)
        for key, aggregate in changed.items():
            self._flush(key, aggregate)
        self.store.used_ids.update(key[1:] for key in self.added)
        for key in self.removed:
            del self.store.aggregates[key]
            self.ledger.rank_index.drop(key[2])
        self.store.ledger = self.ledger
        self.store.external_keys = external_keys
        self.store.buried |= self.buried

    def _check(self, project: Project, gap: RankGap) -> None:
        """Raises:
        ConcurrencyConflict: a gap that is taken is not as it was read.
        """
        id, version = gap.beside or (None, None)
        beside = self.store.aggregates[Task, project.workspace_id, id] if id else None
        is_as_read = self.store.ledger.places.get(project.id, 0) == gap.place - 1
        if not is_as_read or (beside is not None and beside.version != version):
            raise ConcurrencyConflict

    def _claimed(self, tasks: Iterable[Task]) -> dict[tuple[UUID, str], UUID]:
        """The external keys as they will be.

        Raises:
            ConcurrencyConflict: another task has one.
        """
        tasks = [*tasks]
        changed = {task.id for task in tasks}
        claimed = {key: id for key, id in self.store.external_keys.items() if id not in changed}
        for task in tasks:
            for key in task.content.external_keys:
                if claimed.setdefault((task.workspace_id, key), task.id) != task.id:
                    raise ConcurrencyConflict
        return claimed

    def _flush(self, key: Key, aggregate: Aggregate) -> None:
        if key not in self.added:
            aggregate.version += 1
        if isinstance(aggregate, Task):
            self._place(aggregate)
        self.store.events.append((declared(aggregate.event), aggregate.id, aggregate.version))
        self.store.aggregates[key] = as_loaded(aggregate)

    def _place(self, task: Task) -> None:
        """The number and the rank that the commit gives a task."""
        if task.number is None:
            allocation = self.ledger.allocate(task.project_id, 1, 1)
            task.number, task.rank = allocation.numbers[0], allocation.ranks[0]
        if task.rank is not None:
            self.ledger.rank_index.put(task.project_id, task.id, task.rank)


def as_loaded(aggregate: Any) -> Any:
    """What a later unit of work will load: nothing happened to it yet, and where it stands is not its own business."""
    settled = copy(aggregate)
    settled.event = None
    if isinstance(settled, Task):
        settled.rank = None
    return settled


def checked(aggregate: Any | None, expected: Expected = None) -> Any:
    if aggregate is None:
        raise NotFound
    if expected is not None and aggregate.version not in expected:
        raise StaleVersion(aggregate.version)
    return aggregate


def key_of(aggregate: Any) -> Key:
    return type(aggregate), aggregate.workspace_id, aggregate.id
