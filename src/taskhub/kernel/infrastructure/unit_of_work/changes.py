"""What happened to an aggregate: its representation, and the event that tells of it."""

from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from taskhub.kernel.contract.event_content import SCHEMA
from taskhub.kernel.infrastructure.unit_of_work.differences import changes_between
from taskhub.kernel.infrastructure.unit_of_work.identity_map import Tracked

# The log forgets in which order the members of an object came, and a replay has to be the same bytes: they are sorted.
encode = msgspec.json.Encoder(order="deterministic").encode


class Change(NamedTuple):
    """One changed aggregate of a commit.

    Attributes:
        event: the type of the event that tells of it.
        event_id: that of this event.
        after: its representation.
        snapshot: that, encoded.
    """

    tracked: Tracked
    event: str
    event_id: UUID
    after: msgspec.Struct
    snapshot: bytes


def change_of(tracked: Tracked, event_id: UUID) -> Change:
    """What happened to an aggregate that has changed, and has its next version."""
    after = tracked.mapping.represent(tracked.aggregate)
    return Change(tracked, str(tracked.aggregate.event), event_id, after, encode(after))


def event_row(change: Change) -> tuple[Any, ...]:
    """The values of the event, in the order of the statement's `EVENT_COLUMNS`."""
    aggregate, mapping, is_removed = change.tracked.aggregate, change.tracked.mapping, change.tracked.is_removed
    fields = {} if is_removed else _changed_members(change)
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


def _changed_members(change: Change) -> dict[str, list[Any]]:
    loaded = change.tracked.loaded
    return changes_between(None, change.after) if loaded is None else change.tracked.mapping.changes(loaded, change.after)
