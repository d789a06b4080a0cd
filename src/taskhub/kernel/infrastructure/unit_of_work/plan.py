"""A commit as a value: from what a command changed and relied upon to the statements that write it, and their parameters.

Nothing here talks to the database. `execution.py` carries a plan out.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Dict
from itertools import compress, count, groupby
from operator import attrgetter, itemgetter, ne
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Table

from taskhub.kernel.application.commands import Answer, Reply
from taskhub.kernel.application.unit_of_work import Attempt, EventLocator
from taskhub.kernel.infrastructure.event_log.tables import EventRow
from taskhub.kernel.infrastructure.postgres.connection import Parameters
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.unit_of_work.answers import (
    Shown,
    answer_of,
    completed,
    idempotency_key_row,
    incomplete_answer,
    shown_of,
)
from taskhub.kernel.infrastructure.unit_of_work.cascade import Cascade
from taskhub.kernel.infrastructure.unit_of_work.changes import Change, change_of, event_row
from taskhub.kernel.infrastructure.unit_of_work.commit_shape import (
    CLAIM,
    EVENT_COLUMNS,
    RELEASE,
    ClaimedRows,
    CommitShape,
    Write,
)
from taskhub.kernel.infrastructure.unit_of_work.identity_map import DELETE, INSERT, GuardedRows, IdentityMap, Tracked
from taskhub.kernel.infrastructure.unit_of_work.mapping import Claims, Guard, InsertStep, Mapping
from taskhub.kernel.infrastructure.unit_of_work.parameters import bounds_of, parameter, parameters_of

_EVENTS = table_of(EventRow)
_stream_id = attrgetter("tracked.aggregate.stream_id")
_table_and_kind = attrgetter("mapping.name", "kind")
_occurred_at = itemgetter(EVENT_COLUMNS.index("occurred_at"))


class StreamCommit(NamedTuple):
    """One stream's share of a commit.

    ``is_atomic``: the statement may run outside a transaction. It can't fall short halfway, as it writes one row at most, or only
    new ones (an insert goes through whole, or raises).
    """

    shape: CommitShape
    parameters: Parameters
    is_atomic: bool


class CommitPlan(NamedTuple):
    """A whole commit.

    Attributes:
        commits: one for each stream, in the order of their ids; the last carries the idempotency key.
        cascades: changes that were made to many rows already, whose events are still to be appended.
        changes: what it changes, in the order of its events.
        step: what is made in front of the insert of the only change, if anything is.
        shown: what the answer shows.
        answer: what it will be answered with. Where it ``is_incomplete``, only the commit can tell the body.
    """

    commits: tuple[StreamCommit, ...]
    cascades: tuple[Cascade, ...]
    changes: tuple[Change, ...]
    step: InsertStep | None
    shown: Shown
    answer: Answer
    is_incomplete: bool

    @property
    def needs_transaction(self) -> bool:
        return len(self.commits) != 1 or not self.commits[0].is_atomic

    @property
    def locator(self) -> EventLocator | None:
        """Where in the log to look for it, should the reply be lost; None where it changes no thing."""
        if not self.changes:
            return None
        change = self.shown if isinstance(self.shown, Change) else self.changes[0]
        aggregate = change.tracked.aggregate
        return EventLocator(aggregate.stream_id, aggregate.id, aggregate.version, change.event_id)

    def complete(self, fields: dict[str, Any]) -> Answer:
        """The answer. ``fields``: members of the only change's representation that the commit has told."""
        if self.step is None:
            return self.answer
        (change,) = self.changes
        self.step.complete(change.tracked.aggregate, fields)
        return completed(self.answer, change, fields) if self.is_incomplete else self.answer


def plan_commit(
    attempt: Attempt,
    identity_map: IdentityMap,
    result: Any,
    reply: Reply,
    cascades: Sequence[Cascade] = (),
    first_seqs: Dict[UUID, int] | None = None,
) -> CommitPlan:
    """Plans a commit: one statement per stream.

    Args:
        identity_map: what the command has loaded, added and guarded. What changed has its next version; what did not is relied
            upon.
        result: what the use case returned; see `shown_of`.
        first_seqs: where others share the transaction, the `seq` of their first event in each stream that has some.
    """
    tracked = identity_map.in_lock_order()
    changes = _changes(attempt, tracked)
    step, shown = insert_step_of([change.tracked for change in changes]), shown_of(result, tracked, changes)
    is_incomplete = step is not None and isinstance(shown, Change)
    answer = incomplete_answer(changes[0], reply) if is_incomplete else answer_of(shown, reply)
    key = attempt.context.idempotency_key
    commits = _stream_commits(
        attempt,
        changes,
        _with_unchanged(identity_map.guarded, tracked, step),
        step,
        None if key is None else idempotency_key_row(key, answer, shown, attempt.begun_at),
        tells_seq=bool(cascades) or first_seqs is not None,
        first_seqs=first_seqs or {},
    )
    return CommitPlan(tuple(commits), tuple(cascades), tuple(changes), step, shown, answer, is_incomplete)


def _changes(attempt: Attempt, tracked: Iterable[Tracked]) -> list[Change]:
    changes: list[Change] = []
    for one in tracked:
        if one.aggregate.event is not None:
            changes.append(change_of(one, attempt.event_id(len(changes))))
    return changes


def _stream_commits(
    attempt: Attempt,
    changes: list[Change],
    guards: GuardedRows,
    step: InsertStep | None,
    key: Parameters | None,
    *,
    tells_seq: bool,
    first_seqs: Dict[UUID, int],
) -> list[StreamCommit]:
    """``key``: the values of the idempotency key's row, if there is one."""
    if not changes and key is None:
        return []
    *others, last = [list(share) for _, share in groupby(changes, key=_stream_id)] or [[]]
    commits: list[StreamCommit] = []
    for share in others:
        first_seq = first_seqs.get(_stream_id(share[0]))
        commits.append(_stream_commit(attempt, share, guards, tells_seq=tells_seq, first_seq=first_seq))
        guards = {}
    first_seq = first_seqs.get(_stream_id(last[0])) if last else None
    return [*commits, _stream_commit(attempt, last, guards, step=step, key=key, tells_seq=tells_seq, first_seq=first_seq)]


def insert_step_of(changed: Sequence[Tracked]) -> InsertStep | None:
    """The step in front of the insert of one new thing, where it is the only change and needs one."""
    if len(changed) != 1:
        return None
    tracked = changed[0]
    step = tracked.mapping.insert_step if tracked.kind == INSERT else None
    return step if step is not None and step.is_needed(tracked.aggregate) else None


def _with_unchanged(guarded: GuardedRows, tracked: Iterable[Tracked], step: InsertStep | None) -> GuardedRows:
    """What was loaded and not changed is relied upon as well. What is locked can't change any more."""
    guards = {guard: list(rows) for guard, rows in guarded.items()}
    for one in tracked:
        if one.aggregate.event is not None or one.loaded is None:
            continue
        if not one.is_locked or (step is not None and one.mapping is step.parent):
            row = (*one.mapping.key_of(one.aggregate), one.loaded_version)
            rows = guards.setdefault(one.mapping.guard, [])
            if row not in rows:
                rows.append(row)
    return guards


def _stream_commit(
    attempt: Attempt,
    changes: list[Change],
    guards: GuardedRows,
    *,
    step: InsertStep | None = None,
    key: Parameters | None = None,
    tells_seq: bool,
    first_seq: int | None = None,
) -> StreamCommit:
    parameters: Parameters = {}
    if step is not None:
        _bind_step(parameters, step, changes[0], guards)
    guarded: list[tuple[Guard, bool]] = []
    for guard, rows in guards.items():
        for _, of_stream in groupby(sorted(rows), key=itemgetter(0)):
            share = list(of_stream)
            _bind(parameters, f"guard_{len(guarded)}", guard.table, guard.match, share, stream=guard.match[0])
            guarded.append((guard, len(share) > 1))
    written = [row_write(change) for change in changes]
    writes, claimed = bind_writes(parameters, written), bind_claims(parameters, written)
    if key is not None:
        bind_key(parameters, key)
    if changes:
        bind_events(parameters, attempt, _stream_id(changes[0]), [*map(event_row, changes)], first_seq)
    tells_seq = tells_seq and bool(changes)
    shape = CommitShape(
        tuple(guarded), tuple(writes), claimed, step, key is not None, min(len(changes), 2), tells_seq, first_seq is not None
    )
    is_atomic = len(changes) <= 1 or all(write.kind == INSERT for write in writes)
    is_atomic = is_atomic and all(rows.kind == CLAIM for rows in claimed)
    return StreamCommit(shape, parameters, is_atomic)


def _bind_step(parameters: Parameters, step: InsertStep, change: Change, guards: GuardedRows) -> None:
    """The step makes the check of the parent's guard itself."""
    guard, key = step.parent.guard, step.parent_key(change.tracked.aggregate)
    parent = next(row for row in guards[guard] if row[:-1] == key)
    guards[guard] = [row for row in guards[guard] if row is not parent]
    if not guards[guard]:
        del guards[guard]
    bind_parent(parameters, step, parent)


class RowWrite(NamedTuple):
    """One row to be written: the values of its columns, and those that it was loaded with; None for a new one."""

    mapping: Mapping[Any]
    kind: str
    row: Sequence[Any]
    former: Sequence[Any] | None
    loaded_version: int


def row_write(change: Change) -> RowWrite:
    tracked, mapping = change.tracked, change.tracked.mapping
    former = None if change.original is None else mapping.to_row(change.original)
    return RowWrite(mapping, tracked.kind, mapping.to_row(tracked.aggregate), former, tracked.loaded_version)


def bind_writes(parameters: Parameters, rows: Iterable[RowWrite]) -> list[Write]:
    """What a commit writes of these rows, which are in the order of their locks, each once."""
    return [_write(parameters, list(group)) for _, group in groupby(rows, key=_table_and_kind)]


def _write(parameters: Parameters, group: list[RowWrite]) -> Write:
    mapping, kind = group[0].mapping, group[0].kind
    part = f"{kind}_{mapping.name}"
    names, rows = _written(kind, mapping, group)
    _bind(parameters, part, mapping.table, names, rows, stream=mapping.key[0])
    if kind != INSERT:
        versions = [one.loaded_version for one in group]
        parameters[parameter(part, "loaded_version")] = versions if len(group) > 1 else versions[0]
    return Write(kind, mapping, names, len(group) > 1)


def _written(kind: str, mapping: Mapping[Any], group: list[RowWrite]) -> tuple[tuple[str, ...], list[Sequence[Any]]]:
    """What is written: names of columns, those of the key first, and their values. Of an update it is what differs in any row.

    A column that is named is work for PostgreSQL even where its value stays: what is generated from it is computed anew.
    """
    rows = [one.row for one in group]
    if kind == DELETE:
        return mapping.key, [[row[place] for place in mapping.key_places] for row in rows]
    if kind == INSERT:
        return mapping.column_names, rows
    changed: set[int] = set()
    for one in group:
        assert one.former is not None, "what is updated was loaded"
        changed.update(compress(count(), map(ne, one.former, one.row)))
    pick = itemgetter(*mapping.key_places, *sorted(changed))
    return pick(mapping.column_names), [pick(row) for row in rows]


def bind_claims(parameters: Parameters, rows: Iterable[RowWrite]) -> tuple[ClaimedRows, ...]:
    """Values that aggregates have no longer, and then those that they have got, each in one order that is the same everywhere."""
    claimed: dict[tuple[str, Claims], list[tuple[Any, ...]]] = {}
    for one in rows:
        claims, places = one.mapping.claims, one.mapping.key_places
        if claims is None or one.kind == DELETE:
            continue
        former = () if one.former is None else one.former[one.mapping.claims_place]
        before, after = ({*map(claims.claimed, values)} for values in (former, one.row[one.mapping.claims_place]))
        stream_id, id = one.row[places[0]], one.row[places[-1]]
        for kind, values in ((RELEASE, before - after), (CLAIM, after - before)):
            if values:
                claimed.setdefault((kind, claims), []).extend((stream_id, value, id) for value in values)
    bound = []
    for (kind, claims), given in sorted(claimed.items(), key=_releases_first):
        part = ClaimedRows(kind, claims, len(given) > 1)
        _bind(parameters, part.part, claims.table, claims.columns, sorted(given), stream=claims.columns[0])
        bound.append(part)
    return tuple(bound)


def _releases_first(rows: tuple[tuple[str, Claims], Any]) -> bool:
    return rows[0][0] == CLAIM


def bind_key(parameters: Parameters, key: Parameters) -> None:
    parameters.update((parameter("key", name), value) for name, value in key.items())


def bind_parent(parameters: Parameters, step: InsertStep, row: Sequence[Any]) -> None:
    """``row``: the key and the version of the parent that a step in front of an insert changes."""
    _bind(parameters, "parent", step.parent.table, step.parent.guard.match, [row])


def bind_events(
    parameters: Parameters, attempt: Attempt, stream_id: UUID, rows: Sequence[Sequence[Any]], first_seq: int | None
) -> None:
    """``first_seq``: that of the first event of the command, where that is appended already."""
    _bind(parameters, "event", _EVENTS, EVENT_COLUMNS, rows)
    parameters["events__count"] = len(rows)
    parameters["events__stream_id"] = stream_id
    parameters["events__moved_at"] = max(map(_occurred_at, rows))
    parameters["events__actor_id"] = attempt.context.actor_id
    parameters["events__request_id"] = attempt.context.request_id
    if first_seq is not None:
        parameters["events__commit_seq"] = first_seq


def _bind(
    parameters: Parameters,
    part: str,
    table: Table,
    names: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    *,
    stream: str | None = None,
) -> None:
    """``stream``: the column whose value is the same in all rows."""
    if len(rows) == 1:
        parameters.update(zip(parameters_of(part, names), rows[0], strict=True))
        return
    parameters[parameter(part, "count")] = len(rows)
    for name, values in zip(names, zip(*rows, strict=True), strict=True):
        if name == stream:
            parameters[parameter(part, name)] = values[0]
        elif isinstance(table.c[name].type, ARRAY):
            _bind_arrays(parameters, part, name, values)
        else:
            parameters[parameter(part, name)] = list(values)


def _bind_arrays(parameters: Parameters, part: str, name: str, arrays: Iterable[Sequence[Any] | None]) -> None:
    """`unnest` would flatten an array of arrays, so all elements are in one. A row without an array has no bounds in it."""
    elements: list[Any] = []
    bounds: list[tuple[int | None, int | None]] = []
    for array in arrays:
        bounds.append((None, None) if array is None else (len(elements) + 1, len(elements) + len(array)))
        elements += array or ()
    parameters[parameter(part, name)] = elements
    for bound, values in zip(bounds_of(name), zip(*bounds, strict=True), strict=True):
        parameters[parameter(part, bound)] = list(values)
