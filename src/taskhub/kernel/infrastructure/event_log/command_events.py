"""The events of one command, and what it did to each thing by them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Integer, Text, Uuid, bindparam, case, cast, exists, func, literal, or_, select

from taskhub.kernel.application.reversal import Effect
from taskhub.kernel.application.turns import in_turns
from taskhub.kernel.contract.events import LoggedEvent
from taskhub.kernel.domain.errors import NotFound, NotUndoable
from taskhub.kernel.infrastructure.event_log.records import EVENT_COLUMNS, logged_event_of
from taskhub.kernel.infrastructure.event_log.tables import EventRow, StreamRow
from taskhub.kernel.infrastructure.postgres.connection import Parameters, Record
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement

MAX_EFFECTS = 10_000
"""How many events a command may have that is taken back, so that nobody else waits for long."""

MAX_BYTES = 64 * 1024 * 1024
"""How much their values and snapshots may come to, in UTF-8: the process holds a multiple of it in memory meanwhile."""

_events, _streams = table_of(EventRow), table_of(StreamRow)
_following, _previous, _later = _events.alias("following"), _events.alias("previous"), _events.alias("later")
_STREAM_ID = bindparam("stream_id", type_=Uuid())
_COMMIT = bindparam("commit", type_=BigInteger())
_LIMIT = bindparam("limit", type_=Integer())
_removed_until = select(_streams.c.removed_until).where(_streams.c.stream_id == _STREAM_ID).scalar_subquery()


def _commit_of(is_event: ColumnElement[bool]) -> Statement:
    """Where the command begins that an event belongs to (null where there is no such event), and where the log begins."""
    commit = func.coalesce(_events.c.commit_seq, _events.c.seq).label("commit")
    log = _streams.outerjoin(_events, (_events.c.stream_id == _STREAM_ID) & is_event)
    return Statement(select(commit, _streams.c.removed_until).select_from(log).where(_streams.c.stream_id == _STREAM_ID))


_COMMIT_OF = _commit_of(_events.c.seq == bindparam("seq", type_=BigInteger()))
_COMMIT_OF_VERSION = _commit_of(
    (_events.c.entity_id == bindparam("entity_id", type_=Uuid()))
    & (_events.c.entity_version == bindparam("entity_version", type_=Integer()))
)
# Those of a command have consecutive numbers: they end where those of another one begin.
_end = (
    select(_following.c.seq)
    .where(
        _following.c.stream_id == _STREAM_ID,
        _following.c.seq > _COMMIT,
        or_(_following.c.commit_seq.is_(None), _following.c.commit_seq != _COMMIT),
    )
    .order_by(_following.c.seq)
    .limit(literal(1, Integer()))
    .scalar_subquery()
)
_has_later = exists().where(
    _later.c.stream_id == _STREAM_ID,
    _later.c.entity_id == _events.c.entity_id,
    _later.c.entity_version > _events.c.entity_version,
)
_IN_COMMAND = (
    _events.c.stream_id == _STREAM_ID,
    _events.c.seq >= _COMMIT,
    _events.c.seq < func.coalesce(_end, literal(2**63 - 1, BigInteger())),
    # The log may have been shortened since the place was found.
    _removed_until < _COMMIT,
)
# Subqueries for each event: a join may be planned as a comparison of all with all while the table's statistics are old.
_previous_snapshot = (
    select(cast(_previous.c.snapshot, Text))
    .where(
        _previous.c.stream_id == _STREAM_ID,
        _previous.c.entity_id == _events.c.entity_id,
        _previous.c.entity_version == _events.c.entity_version - 1,
    )
    .scalar_subquery()
)
_is_removal = _events.c.snapshot.is_(None)
_EVENTS = Statement(
    select(
        *EVENT_COLUMNS,
        case((_is_removal, _previous_snapshot)).label("previous"),
        case((_is_removal, _has_later), else_=False).label("came_back"),
    )
    .where(*_IN_COMMAND)
    .order_by(_events.c.seq)
    .limit(_LIMIT)
)
_length = func.octet_length(cast(_events.c.changes, Text)) + func.coalesce(
    func.octet_length(cast(_events.c.snapshot, Text)), literal(0, Integer())
)
_lengths = select(_length.label("length")).where(*_IN_COMMAND).limit(_LIMIT).subquery("lengths")
_SIZE = Statement(
    select(
        func.count().label("count"), func.coalesce(func.sum(_lengths.c.length), literal(0, BigInteger())).label("bytes")
    ).select_from(_lengths)
)


class Fetching(Protocol):
    """A unit of work, or the database itself."""

    async def fetch(self, statement: Statement, parameters: Parameters, /) -> list[Record]: ...


Check = Callable[[Fetching, Parameters], Awaitable[None]]


async def read_command(connection: Fetching, stream_id: UUID, entity_id: UUID, version: int, *, limit: int) -> list[LoggedEvent]:
    """The first events of the command that gave a thing this version; none if the log does not know it."""
    place = {"stream_id": stream_id, "entity_id": entity_id, "entity_version": version}
    return [logged_event_of(record) for record in await _read(connection, _COMMIT_OF_VERSION, place, limit)]


async def effects_of(connection: Fetching, stream_id: UUID, seq: int) -> list[Effect]:
    """What the command did that an event belongs to: to each thing, in the order of the log.

    Raises:
        NotFound: there is no such event.
        NotUndoable: events of the command, or the content of one, are not kept any more; or it has too many of them, or too
            large ones.
    """
    records = await _read(connection, _COMMIT_OF, {"stream_id": stream_id, "seq": seq}, MAX_EFFECTS, check=_check_size)
    if not records:
        log = await connection.fetch(_COMMIT_OF, {"stream_id": stream_id, "seq": seq})
        raise _too_old() if log and min(seq, log[0]["commit"] or seq) <= log[0]["removed_until"] else NotFound
    by_thing: dict[UUID, list[Record]] = {}
    for record in records:
        by_thing.setdefault(record["entity_id"], []).append(record)
    return [_effect(of_thing) async for of_thing in in_turns(by_thing.values())]


async def _read(
    connection: Fetching, find: Statement, place: Parameters, limit: int, *, check: Check | None = None
) -> list[Record]:
    """None where the log does not know the command, or does not keep all of it any more. ``check``: comes first."""
    found = await connection.fetch(find, place)
    if not found or found[0]["commit"] is None:
        return []
    command: Parameters = {"stream_id": place["stream_id"], "commit": found[0]["commit"]}
    if check is not None:
        await check(connection, command)
    return await connection.fetch(_EVENTS, {**command, "limit": limit})


async def _check_size(connection: Fetching, command: Parameters) -> None:
    """Raises:
    NotUndoable: the command has too many events, or too large ones.
    """
    (size,) = await connection.fetch(_SIZE, {**command, "limit": MAX_EFFECTS + 1})
    if size["count"] > MAX_EFFECTS:
        raise NotUndoable(f"The command changed more than {MAX_EFFECTS:,} things: too many to be taken back at once.")
    if size["bytes"] > MAX_BYTES:
        raise NotUndoable(f"The things that the command changed contain more than {MAX_BYTES:,} bytes: too much at once.")


def _effect(records: Sequence[Record]) -> Effect:
    """``records``: the events of one command about one thing."""
    changes: dict[str, tuple[Any, Any]] = {}
    for record in records:
        for name, values in msgspec.json.decode(record["changes"]).items():
            if values is None:
                raise _removed()
            before, after = values
            changes[name] = (changes[name][0] if name in changes else before, after)
    last = records[-1]
    after, removed = _decoded(last["snapshot"]), _decoded(last["previous"])
    if after is None and removed is None:
        raise _removed()
    if removed is not None:  # The command may have changed it before it removed it.
        removed |= {name: values[0] for name, values in changes.items()}
    return Effect(
        last["entity_type"],
        last["entity_id"],
        tuple((record["type"], record["entity_version"]) for record in records),
        {name: values for name, values in changes.items() if values[0] != values[1]},
        after,
        removed,
        last["actor_id"],
        last["came_back"],
    )


def _decoded(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)


def _removed() -> NotUndoable:
    return NotUndoable("Something that the command changed was deleted permanently, and its content with it.")


def _too_old() -> NotUndoable:
    return NotUndoable("The command is older than the events that the service keeps.")
