"""From what a command changed to the statement that commits it, and the values for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress, count, groupby
from operator import itemgetter, ne
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Table

from taskhub.kernel.application.unit_of_work import Attempt, Place
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.infrastructure.event_log.tables import EventRow
from taskhub.kernel.infrastructure.postgres.database import Parameters
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.commit_statement import (
    DELETE,
    EVENT_COLUMNS,
    INSERT,
    UPDATE,
    Shape,
    Write,
    statement_for,
)
from taskhub.kernel.infrastructure.unit_of_work.mapping import Allocation, Guard, Mapping
from taskhub.kernel.infrastructure.unit_of_work.parameters import parameter, parameters_of

_EVENTS = table_of(EventRow)
# The log forgets in which order the members of an object came, and a replay has to be the same bytes: they are sorted.
encode = msgspec.json.Encoder(order="deterministic").encode
SCHEMA = 1
"""The version of the events' own form; a reader of old events can tell them apart by it."""

_UNLOGGED = frozenset({"version", "updated_at"})
"""Members of a representation that an event tells by itself."""


@dataclass(slots=True, eq=False)
class Tracked:
    """An aggregate in a unit of work.

    Attributes:
        loaded: the row that it was made of; None for a new one.
        original: what it was then, if it has changed.
        is_locked: whether that row is locked, so that nobody else changes it.
        before, after: its representations then and now.
    """

    aggregate: Aggregate
    mapping: Mapping[Any]
    loaded: Any | None
    loaded_version: int
    is_locked: bool
    removed: bool = False
    original: Aggregate | None = None
    before: msgspec.Struct | None = None
    after: msgspec.Struct | None = None
    snapshot: bytes = b""

    @property
    def is_changed(self) -> bool:
        return self.aggregate.event is not None

    @property
    def kind(self) -> str:
        if self.loaded is None:
            return INSERT
        return DELETE if self.removed and not self.mapping.leaves_tombstone else UPDATE

    def settle(self) -> None:
        """Gives the change its version, and the representation that it is known by from now on."""
        if self.loaded is not None:
            self.original = self.mapping.from_row(self.loaded)
            self.before = self.mapping.represent(self.original)
            self.aggregate.version = self.loaded_version + 1
        self.after = self.mapping.represent(self.aggregate)
        self.snapshot = encode(self.after)


class Commit(NamedTuple):
    """One stream's share of a commit, ready to be sent.

    ``is_atomic``: the statement may run outside a transaction. It can't fall short halfway, as it writes one row at most, or only
    new ones (an insert goes through whole, or raises).
    """

    statement: Statement
    parameters: Parameters
    allocation: Allocation | None
    is_atomic: bool


def prepare(
    attempt: Attempt,
    changed: list[Tracked],
    relied: dict[Guard, list[tuple[Any, ...]]],
    *,
    allocation: Allocation | None = None,
    key: Parameters | None = None,
    first_event: int = 0,
) -> Commit:
    """Composes the statement for the changes of one stream.

    Args:
        changed: what changed, in lock order.
        relied: the rows that were relied upon, by the guard that checks them.
        allocation: the number that is to be taken, if there is one.
        key: the values of the retry key's row, if there is one.
        first_event: how many events of the same command went to other streams before.
    """
    parameters: Parameters = {}
    if allocation is not None:
        _allocate(parameters, allocation, changed[0], relied)
    guards: list[tuple[Guard, bool]] = []
    for guard, rows in relied.items():
        _bind(parameters, f"guard_{len(guards)}", guard.table, guard.match, sorted(rows))
        guards.append((guard, len(rows) > 1))
    writes = [_write(parameters, list(group)) for _, group in groupby(changed, key=lambda t: (t.mapping.name, t.kind))]
    if key is not None:
        parameters.update((parameter("key", name), value) for name, value in key.items())
    if changed:
        _events(parameters, attempt, changed, first_event)
    shape = Shape(tuple(guards), tuple(writes), allocation, key is not None, min(len(changed), 2))
    is_atomic = len(changed) <= 1 or all(write.kind is INSERT for write in writes)
    return Commit(statement_for(shape), parameters, allocation, is_atomic)


def place_of(attempt: Attempt, changed: list[Tracked], tracked: Tracked) -> Place:
    """Where in the log to look for a commit whose reply was lost."""
    aggregate = tracked.aggregate
    return Place(aggregate.stream_id, aggregate.id, aggregate.version, attempt.event_id(changed.index(tracked)))


def allocation_for(changed: list[Tracked]) -> Allocation | None:
    """The number that a commit has to take, if it is that of one new thing which has none yet."""
    child = changed[0] if len(changed) == 1 else None
    if child is None or child.kind is not INSERT or (allocation := child.mapping.allocation) is None:
        return None
    return allocation if getattr(child.aggregate, allocation.number) is None else None


def _allocate(parameters: Parameters, allocation: Allocation, child: Tracked, relied: dict[Guard, list[tuple[Any, ...]]]) -> None:
    parents, parent_id = relied[allocation.parent.guard], allocation.parent_id(child.aggregate)
    parent = next(row for row in parents if row[-2] == parent_id)
    parents.remove(parent)
    if not parents:
        del relied[allocation.parent.guard]
    _bind(parameters, "allocation", allocation.parent.table, allocation.parent.guard.match, [parent])


def _write(parameters: Parameters, group: list[Tracked]) -> Write:
    mapping, kind = group[0].mapping, group[0].kind
    part = f"{kind}_{mapping.name}"
    names, rows = _written(kind, mapping, group)
    _bind(parameters, part, mapping.table, names, rows)
    if kind is not INSERT:
        versions = [tracked.loaded_version for tracked in group]
        parameters[parameter(part, "loaded_version")] = versions if len(group) > 1 else versions[0]
    return Write(kind, mapping, names, len(group) > 1)


def _written(kind: str, mapping: Mapping[Any], group: list[Tracked]) -> tuple[tuple[str, ...], list[Sequence[Any]]]:
    """What is written: names of columns, those of the key first, and their values. Of an update it is what differs in any row.

    A column that is named is work for PostgreSQL even where its value stays: what is generated from it is computed anew.
    """
    if kind is DELETE:
        return mapping.key, [mapping.key_of(tracked.aggregate) for tracked in group]
    rows = [mapping.to_row(tracked.aggregate) for tracked in group]
    if kind is INSERT:
        return mapping.column_names, rows
    originals = [mapping.to_row(tracked.original) for tracked in group if tracked.original is not None]
    changed = {place for was, row in zip(originals, rows, strict=True) for place in compress(count(), map(ne, was, row))}
    pick = itemgetter(*mapping.key_places, *sorted(changed))
    return pick(mapping.column_names), [pick(row) for row in rows]


def _events(parameters: Parameters, attempt: Attempt, changed: list[Tracked], first: int) -> None:
    rows = [_event(attempt.event_id(first + index), tracked) for index, tracked in enumerate(changed)]
    _bind(parameters, "event", _EVENTS, EVENT_COLUMNS, rows)
    parameters["events__count"] = len(changed)
    parameters["events__stream_id"] = changed[0].aggregate.stream_id
    parameters["events__moved_at"] = max(tracked.aggregate.updated_at for tracked in changed)
    parameters["events__actor_id"] = attempt.context.actor_id
    parameters["events__request_id"] = attempt.context.request_id


def _event(event_id: UUID, tracked: Tracked) -> tuple[Any, ...]:
    aggregate, values = tracked.aggregate, tracked.mapping.logs_values
    changes = changes_between(tracked.before, tracked.after) if not tracked.removed else {}
    return (
        event_id,
        aggregate.event,
        SCHEMA,
        aggregate.entity_type,
        aggregate.id,
        aggregate.version,
        aggregate.updated_at,
        encode(changes if values else dict.fromkeys(changes)).decode(),
        tracked.snapshot.decode() if values and not tracked.removed else None,
    )


def changes_between(before: msgspec.Struct | None, after: msgspec.Struct | None) -> dict[str, list[Any]]:
    """The members that differ, as ``[before, after]``. A new thing starts from nulls."""
    assert after is not None
    names, values = after.__struct_fields__, msgspec.structs.astuple(after)
    values_before = (None,) * len(names) if before is None else msgspec.structs.astuple(before)
    return {
        name: [old, new]
        for name, old, new in zip(names, values_before, values, strict=True)
        if old != new and name not in _UNLOGGED
    }


def _bind(parameters: Parameters, part: str, table: Table, names: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> None:
    if len(rows) == 1:
        parameters.update(zip(parameters_of(part, names), rows[0], strict=True))
        return
    parameters[parameter(part, "count")] = len(rows)
    for name, values in zip(names, zip(*rows, strict=True), strict=True):
        is_array = isinstance(table.c[name].type, ARRAY)
        parameters[parameter(part, name)] = [_array(value) for value in values] if is_array else list(values)


def _array(values: Iterable[Any] | None) -> str | None:
    """An array in PostgreSQL's own notation: `unnest` would flatten an array of arrays."""
    if values is None:
        return None
    quoted = (str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"
