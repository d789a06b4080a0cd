"""The parameters of a commit's statements: rows that are written, what they claim, and events.

One row is bound as values, several as an array for each column: of one element where all rows have the same, since the driver
looks at every element.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Table

from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.kernel.infrastructure.event_log.tables import EventRow
from taskhub.kernel.infrastructure.postgres.connection import Parameters
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.unit_of_work.changes import Change
from taskhub.kernel.infrastructure.unit_of_work.commit_shape import CLAIM, EVENT_COLUMNS, RELEASE, ClaimedRows, Write
from taskhub.kernel.infrastructure.unit_of_work.identity_map import DELETE, INSERT
from taskhub.kernel.infrastructure.unit_of_work.mapping import Claims, InsertStep, Mapping
from taskhub.kernel.infrastructure.unit_of_work.parameters import bounds_of, parameter, parameters_of

Columns = Sequence[Sequence[Any]]
"""The values of each column, those of all rows."""

_EVENTS = table_of(EventRow)
_table_and_kind = attrgetter("mapping.name", "kind")
_occurred_at = itemgetter(EVENT_COLUMNS.index("occurred_at"))


class RowWrite(NamedTuple):
    """One row to be written: the values of its columns, and the row that it was loaded as, which begins with them, if it was."""

    mapping: Mapping[Any]
    kind: str
    row: Sequence[Any]
    former: Sequence[Any] | None
    loaded_version: int


def row_write(change: Change) -> RowWrite:
    tracked, mapping = change.tracked, change.tracked.mapping
    return RowWrite(mapping, tracked.kind, mapping.to_row(tracked.aggregate), tracked.loaded, tracked.loaded_version)


def bind_writes(parameters: Parameters, rows: Iterable[RowWrite]) -> list[Write]:
    """What a commit writes of these rows, which are in the order of their locks, each once."""
    return [_write(parameters, list(group)) for _, group in groupby(rows, key=_table_and_kind)]


def _write(parameters: Parameters, group: list[RowWrite]) -> Write:
    mapping, kind = group[0].mapping, group[0].kind
    part = f"{kind}_{mapping.name}"
    names, columns = _written(kind, mapping, group)
    bind_columns(parameters, part, mapping.table, names, columns, stream=mapping.key[0])
    if kind != INSERT:
        versions = [one.loaded_version for one in group]
        parameters[parameter(part, "loaded_version")] = _array(versions) if len(group) > 1 else versions[0]
    return Write(kind, mapping, names, len(group) > 1)


def _written(kind: str, mapping: Mapping[Any], group: list[RowWrite]) -> tuple[tuple[str, ...], Columns]:
    """What is written: names of columns, those of the key first, and their values. Of an update it is what differs in any row.

    A column that is named is work for PostgreSQL even where its value stays: what is generated from it is computed anew.
    """
    columns = list(zip(*(one.row for one in group), strict=True))
    if kind == INSERT:
        return mapping.column_names, columns
    places = mapping.key_places if kind == DELETE else (*mapping.key_places, *_changed(mapping, group, columns))
    return tuple([mapping.column_names[place] for place in places]), [columns[place] for place in places]


def _changed(mapping: Mapping[Any], group: list[RowWrite], columns: Columns) -> list[int]:
    """The places of columns that differ in any row. What differs only because it was stored in another form, or was not loaded,
    stays as it is.
    """
    formers: list[Any] = [one.former for one in group]
    return [
        place
        for place, (values, former) in enumerate(zip(columns, zip(*formers, strict=False), strict=False))
        if values != former and (place in mapping.unconverted or _has_changed(mapping, place, formers, values))
    ]


def _has_changed(mapping: Mapping[Any], place: int, formers: list[Any], values: Sequence[Any]) -> bool:
    if place in mapping.not_loaded.values():
        return any(value is not None for value in values)
    return any(
        former[place] != value and mapping.to_row(mapping.from_row(former))[place] != value
        for former, value in zip(formers, values, strict=True)
    )


def bind_claims(parameters: Parameters, rows: Iterable[RowWrite]) -> tuple[ClaimedRows, ...]:
    """Values that aggregates have no longer, and then those that they have got, each in one order that is the same everywhere."""
    claimed: dict[tuple[str, Claims], list[tuple[Any, ...]]] = {}
    for one in rows:
        claims, places = one.mapping.claims, one.mapping.key_places
        if claims is None or one.kind == DELETE:
            continue
        former, values = () if one.former is None else one.former[one.mapping.claims_place], one.row[one.mapping.claims_place]
        if former == values:
            continue
        before, after = {*map(claims.claimed, former)}, {*map(claims.claimed, values)}
        stream_id, id = one.row[places[0]], one.row[places[-1]]
        for kind, values in ((RELEASE, before - after), (CLAIM, after - before)):
            if values:
                claimed.setdefault((kind, claims), []).extend((stream_id, value, id) for value in values)
    bound = []
    for (kind, claims), given in sorted(claimed.items(), key=_releases_first):
        part = ClaimedRows(kind, claims, len(given) > 1)
        bind_rows(parameters, part.part, claims.table, claims.columns, sorted(given), stream=claims.columns[0])
        bound.append(part)
    return tuple(bound)


def _releases_first(rows: tuple[tuple[str, Claims], Any]) -> bool:
    return rows[0][0] == CLAIM


def bind_key(parameters: Parameters, key: Parameters) -> None:
    parameters.update((parameter("key", name), value) for name, value in key.items())


def bind_parent(parameters: Parameters, step: InsertStep, row: Sequence[Any]) -> None:
    """``row``: the key and the version of the parent that a step in front of an insert changes."""
    bind_rows(parameters, "parent", step.parent.table, step.parent.guard.match, [row])


def bind_events(
    parameters: Parameters, attempt: Attempt, stream_id: UUID, rows: Sequence[Sequence[Any]], first_seq: int | None
) -> None:
    """``first_seq``: that of the first event of the command, where that is appended already."""
    bind_rows(parameters, "event", _EVENTS, EVENT_COLUMNS, rows)
    parameters["events__count"] = len(rows)
    parameters["events__stream_id"] = stream_id
    parameters["events__moved_at"] = max(map(_occurred_at, rows))
    parameters["events__actor_id"] = attempt.context.actor_id
    parameters["events__request_id"] = attempt.context.request_id
    if first_seq is not None:
        parameters["events__commit_seq"] = first_seq


def bind_rows(
    parameters: Parameters,
    part: str,
    table: Table,
    names: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    *,
    stream: str | None = None,
) -> None:
    """``stream``: the column whose value is the same in all rows."""
    bind_columns(parameters, part, table, names, list(zip(*rows, strict=True)), stream=stream)


def bind_columns(
    parameters: Parameters, part: str, table: Table, names: tuple[str, ...], columns: Columns, *, stream: str | None = None
) -> None:
    """As `bind_rows`, of the values of each column."""
    count = len(columns[0])
    if count == 1:
        parameters.update(zip(parameters_of(part, names), [value for (value,) in columns], strict=True))
        return
    parameters[parameter(part, "count")] = count
    for name, values in zip(names, columns, strict=True):
        if name == stream:
            parameters[parameter(part, name)] = values[0]
        elif isinstance(table.c[name].type, ARRAY):
            _bind_arrays(parameters, part, name, values)
        else:
            parameters[parameter(part, name)] = _array(values)


def _array(values: Sequence[Any]) -> list[Any]:
    """What is equal is one value to PostgreSQL as well, but for JSON, where 1 equals true."""
    first = values[0]
    is_one = first == values[-1] and not isinstance(first, dict | list) and values.count(first) == len(values)
    return [first] if is_one else list(values)


def _bind_arrays(parameters: Parameters, part: str, name: str, arrays: Sequence[Sequence[Any] | None]) -> None:
    """`unnest` would flatten an array of arrays, so all elements are in one. A row without an array has no bounds in it."""
    if arrays.count(arrays[0]) == len(arrays):
        arrays = arrays[:1]
    elements: list[Any] = []
    bounds: list[tuple[int | None, int | None]] = []
    for array in arrays:
        bounds.append((None, None) if array is None else (len(elements) + 1, len(elements) + len(array)))
        elements += array or ()
    parameters[parameter(part, name)] = elements
    for bound, values in zip(bounds_of(name), zip(*bounds, strict=True), strict=True):
        parameters[parameter(part, bound)] = _array(values)
