"""The aggregates of one unit of work: each is there once, however often it is loaded."""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.infrastructure.unit_of_work.mapping import Guard, Mapping

INSERT, UPDATE, DELETE = "insert", "update", "delete"

Key = tuple[Any, ...]
GuardedRows = dict[Guard, list[Key]]
"""Rows that have to be there still at commit, by the guard that checks them."""


@dataclass(slots=True, eq=False)
class Tracked:
    """An aggregate in a unit of work.

    Attributes:
        kind: how its row is written, if it has changed.
        loaded: the row that it was made of; None for a new one.
        is_locked: whether that row is locked, so that nobody else changes it.
    """

    aggregate: Aggregate
    mapping: Mapping[Any]
    kind: str
    loaded: Any | None
    loaded_version: int
    is_locked: bool
    is_removed: bool = False


class IdentityMap:
    """Remembers every aggregate that repositories handed out or were given, so that none is forgotten at commit.

    ``guarded`` are rows that the command relies upon without having loaded them.
    """

    def __init__(self) -> None:
        self._tracked: dict[tuple[str, Key], Tracked] = {}
        self._used: dict[int, Tracked] = {}
        """What has been handed out or given since the last `settle`, by its identity: nothing else can have changed."""
        self.guarded: GuardedRows = {}
        self.share_locked: dict[Guard, set[Key]] = {}
        """Rows that a guard has found and locked."""
        self.held: dict[Hashable, Any] = {}
        """What else is locked, or known for certain under locks, by names that modules choose; until the next `drop`."""

    def find(self, mapping: Mapping[Any], key: Key) -> Any | None:
        """The aggregate that is there already under this key, if there is one."""
        tracked = self._use((mapping.name, key))
        return tracked.aggregate if tracked else None

    def find_locked(self, mapping: Mapping[Any], key: Key) -> Any | None:
        """As `find`, of those whose row is locked."""
        tracked = self._use((mapping.name, key))
        return tracked.aggregate if tracked is not None and tracked.is_locked else None

    def is_locked(self, name: str | None, key: Key) -> bool:
        """Whether the row under this key is loaded and locked. ``name``: that of the mapping."""
        tracked = self._tracked.get((name or "", key))
        return tracked is not None and tracked.is_locked and not tracked.is_removed

    def all_locked(self, mapping: Mapping[Any]) -> list[Any]:
        found = [one for one in self._tracked.values() if one.mapping is mapping and one.is_locked]
        self._used.update((id(one), one) for one in found)
        return [one.aggregate for one in found]

    def load(self, mapping: Mapping[Any], row: Any, *, is_locked: bool) -> Any:
        """The aggregate of a row: the one that was loaded first, if it was loaded before."""
        aggregate = mapping.from_row(row)
        key = (mapping.name, mapping.key_of(aggregate))
        tracked = self._tracked.get(key)
        if tracked is None:
            tracked = self._tracked[key] = Tracked(aggregate, mapping, UPDATE, row, aggregate.version, is_locked)
        self._used[id(tracked)] = tracked
        return tracked.aggregate

    def add(self, mapping: Mapping[Any], aggregate: Any) -> None:
        """Takes a new aggregate."""
        key = (mapping.name, mapping.key_of(aggregate))
        if (former := self._tracked.get(key)) is not None:
            self._used.pop(id(former), None)
        tracked = self._tracked[key] = Tracked(aggregate, mapping, INSERT, None, aggregate.version, False)
        self._used[id(tracked)] = tracked

    def remove(self, mapping: Mapping[Any], aggregate: Any) -> None:
        """Has the row deleted at commit, or emptied where it stays as a tombstone."""
        tracked = self._tracked[mapping.name, mapping.key_of(aggregate)]
        tracked.is_removed = True
        if tracked.kind == UPDATE and not mapping.leaves_tombstone:
            tracked.kind = DELETE

    def guard(self, guard: Guard, row: Key) -> None:
        """At commit this row must still be there; it is share-locked then. Otherwise the command is run again, under locks."""
        rows = self.guarded.setdefault(guard, [])
        if row not in rows:
            rows.append(row)

    def raise_versions(self) -> None:
        """Gives every aggregate that has changed its next version: once, however often it is asked."""
        for tracked in self._used.values():
            if tracked.aggregate.event is not None and tracked.loaded is not None:
                tracked.aggregate.version = tracked.loaded_version + 1

    def in_lock_order(self) -> list[Tracked]:
        return sorted(self._tracked.values(), key=lock_position)

    def changed_in_lock_order(self) -> list[Tracked]:
        return sorted((one for one in self._used.values() if one.aggregate.event is not None), key=lock_position)

    def tracked(self) -> Collection[Tracked]:
        return self._tracked.values()

    def settle(self) -> None:
        """What has changed is written: the next command begins with nothing in its hands."""
        self._used.clear()

    def drop(self, is_dropped: Callable[[Tracked], bool]) -> None:
        """Forgets some: they are read again where they are needed."""
        self.held.clear()
        self._tracked = {key: one for key, one in self._tracked.items() if not is_dropped(one)}
        self._used = {key: one for key, one in self._used.items() if not is_dropped(one)}

    def _use(self, key: tuple[str, Key]) -> Tracked | None:
        tracked = self._tracked.get(key)
        if tracked is not None:
            self._used[id(tracked)] = tracked
        return tracked


def lock_position(tracked: Tracked) -> tuple[UUID, int, str, UUID]:
    """Rows are locked in this order, everywhere."""
    return tracked.aggregate.stream_id, tracked.mapping.lock_rank, tracked.kind, tracked.aggregate.id
