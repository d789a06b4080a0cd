"""What happened to an aggregate: its representations before and after, and the event that tells of it."""

from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from taskhub.kernel.application.event_types import UNLOGGED
from taskhub.kernel.contract.event_content import SCHEMA
from taskhub.kernel.infrastructure.unit_of_work.identity_map import Tracked

# The log forgets in which order the members of an object came, and a replay has to be the same bytes: they are sorted.
encode = msgspec.json.Encoder(order="deterministic").encode


class Change(NamedTuple):
    """One changed aggregate of a commit.

    Attributes:
        event: the type of the event that tells of it.
        event_id: that of this event.
        before, after: its representations then and now.
        snapshot: the one of now, encoded.
    """

    tracked: Tracked
    event: str
    event_id: UUID
    before: msgspec.Struct | None
    after: msgspec.Struct
    snapshot: bytes


def change_of(tracked: Tracked, event_id: UUID) -> Change:
    """What happened to an aggregate that has changed, and has its next version."""
    mapping = tracked.mapping
    before = None if tracked.loaded is None else mapping.represent_row(tracked.loaded)
    after = mapping.represent(tracked.aggregate)
    return Change(tracked, str(tracked.aggregate.event), event_id, before, after, encode(after))


def event_row(change: Change) -> tuple[Any, ...]:
    """The values of the event, in the order of the statement's `EVENT_COLUMNS`."""
    aggregate, mapping, is_removed = change.tracked.aggregate, change.tracked.mapping, change.tracked.is_removed
    fields = {} if is_removed else changes_between(change.before, change.after)
    return (
        change.event_id,
        change.event,
        SCHEMA,
        aggregate.entity_type,
        aggregate.id,
        aggregate.version,
        aggregate.updated_at,
        encode(fields if mapping.logs_values else dict.fromkeys(fields)).decode(),
        change.snapshot.decode() if mapping.logs_values and not is_removed else None,
    )


def changes_between(before: msgspec.Struct | None, after: msgspec.Struct) -> dict[str, list[Any]]:
    """The members that differ, as ``[before, after]``. A new thing starts from nulls."""
    names, values = after.__struct_fields__, msgspec.structs.astuple(after)
    values_before = (None,) * len(names) if before is None else msgspec.structs.astuple(before)
    return {
        name: [old, new]
        for name, old, new in zip(names, values_before, values, strict=True)
        if old != new and name not in UNLOGGED
    }
