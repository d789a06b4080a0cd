"""What commands that share a transaction have changed, and what is not written yet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.kernel.infrastructure.postgres.connection import Parameters
from taskhub.kernel.infrastructure.unit_of_work.bindings import (
    RowWrite,
    bind_claims,
    bind_events,
    bind_key,
    bind_parent,
    bind_writes,
)
from taskhub.kernel.infrastructure.unit_of_work.cascade import Cascade
from taskhub.kernel.infrastructure.unit_of_work.changes import Change
from taskhub.kernel.infrastructure.unit_of_work.commit_shape import CommitShape
from taskhub.kernel.infrastructure.unit_of_work.identity_map import DELETE, INSERT, Tracked, lock_position
from taskhub.kernel.infrastructure.unit_of_work.mapping import InsertStep, Mapping

EventValues = tuple[Any, ...]
_stream_id = itemgetter(0)


class Rows(NamedTuple):
    """What is to be written, and its values."""

    shape: CommitShape
    parameters: Parameters


@dataclass(slots=True)
class _Row:
    """A row as it is to become, and as it is in the database, if it is there."""

    tracked: Tracked
    kind: str
    row: Any
    former: Any | None
    former_version: int

    def write(self) -> RowWrite:
        return RowWrite(self.tracked.mapping, self.kind, self.row, self.former, self.former_version)

    @property
    def position(self) -> tuple[UUID, int, str, UUID]:
        stream_id, rank, _, id = lock_position(self.tracked)
        return stream_id, rank, self.kind, id


class UnwrittenRows:
    """Rows that are to be written, each once, however often it was changed.

    Attributes:
        tables: those that they are in.
        keeps_replaced: whether one replaces a value that is kept with its very version: the row can't wait for its next change.
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[str, Any], _Row] = {}
        self.tables: set[str] = set()
        self.keeps_replaced = False

    def __contains__(self, tracked: Tracked) -> bool:
        return _key(tracked) in self._rows

    def add(self, change: Change) -> None:
        """Takes what a command has made of a row since it was loaded, or was added the last time."""
        tracked, mapping = change.tracked, change.tracked.mapping
        key = _key(tracked)
        row, known = mapping.to_row(tracked.aggregate), self._rows.get(key)
        self.tables.add(mapping.name)
        if mapping.claims is not None:
            self.tables.add(mapping.claims.table.name)
        if mapping.replaced is not None and tracked.loaded is not None:
            self.keeps_replaced |= row[mapping.replaced_place] is not None
        if known is None:
            self._rows[key] = _Row(tracked, tracked.kind, row, tracked.loaded, tracked.loaded_version)
            return
        known.row = _with_values_of(known.row, row, mapping)
        if tracked.kind == DELETE:
            if known.kind == INSERT:
                del self._rows[key]
            known.kind = DELETE

    def take(self) -> Iterator[list[RowWrite]]:
        """All of them, in the order of their locks, those of each stream for themselves."""
        rows = sorted(self._rows.values(), key=lambda row: row.position)
        self._rows, self.tables, self.keeps_replaced = {}, set(), False
        for _, share in groupby(rows, key=lambda row: row.tracked.aggregate.stream_id):
            yield [row.write() for row in share]


class Cascaded(NamedTuple):
    """The events of a cascade. ``first_event``: how many its command has before them."""

    cascade: Cascade
    attempt: Attempt
    first_event: int


class UnwrittenEvents:
    """Events that are to be appended, in their order, by stream."""

    def __init__(self) -> None:
        self._events: dict[UUID, list[EventValues | Cascaded]] = {}

    def __bool__(self) -> bool:
        return bool(self._events)

    def add(self, stream_id: UUID, event: EventValues | Cascaded) -> None:
        self._events.setdefault(stream_id, []).append(event)

    def take(self) -> Iterator[tuple[UUID, list[EventValues] | Cascaded]]:
        """Events that are appended together, and cascades, in the order of their streams."""
        events, self._events = self._events, {}
        for stream_id, of_stream in sorted(events.items(), key=_stream_id):
            for is_cascade, run in groupby(of_stream, key=lambda event: isinstance(event, Cascaded)):
                if is_cascade:
                    yield from ((stream_id, one) for one in run if isinstance(one, Cascaded))
                else:
                    yield stream_id, [one for one in run if not isinstance(one, Cascaded)]


def rows_statement(rows: Iterable[RowWrite], step: InsertStep | None = None, parent: Any = None) -> Rows:
    """Writes rows and nothing else. ``parent``: key and version of what the step in front of an insert changes."""
    parameters: Parameters = {}
    if step is not None:
        bind_parent(parameters, step, parent)
    written = list(rows)
    writes, claimed = bind_writes(parameters, written), bind_claims(parameters, written)
    return Rows(CommitShape((), tuple(writes), claimed, step, False, 0, False), parameters)


def log_statement(
    attempt: Attempt,
    stream_id: UUID,
    events: list[EventValues],
    rows: Iterable[RowWrite],
    key: Parameters | None,
    first_seq: int | None,
) -> Rows:
    """Writes rows and an idempotency key, and appends events. Any of them may be missing."""
    parameters: Parameters = {}
    written = list(rows)
    writes, claimed = bind_writes(parameters, written), bind_claims(parameters, written)
    if key is not None:
        bind_key(parameters, key)
    if events:
        bind_events(parameters, attempt, stream_id, events, first_seq)
    shape = CommitShape(
        (),
        tuple(writes),
        claimed,
        None,
        key is not None,
        min(len(events), 2),
        bool(events) and first_seq is not None,
    )
    return Rows(shape, parameters)


def _with_values_of(former: Any, row: Any, mapping: Mapping[Any]) -> Any:
    """A row with those values of its predecessor that an aggregate does not know, unless it was given others."""
    unknown = {place: former[place] for place in mapping.not_loaded.values() if row[place] is None}
    return [unknown.get(place, value) for place, value in enumerate(row)] if unknown else row


def _key(tracked: Tracked) -> tuple[str, Any]:
    return tracked.mapping.name, tracked.mapping.key_of(tracked.aggregate)
