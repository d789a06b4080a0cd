"""Taking values out of the log: what was removed for good leaves its traces, not its content."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, column, func, literal_column, null, select, update
from sqlalchemy.dialects.postgresql import JSONB

from taskhub.kernel.infrastructure.event_log.tables import EventRow
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork

_events = table_of(EventRow)
_names = func.jsonb_object_keys(_events.c.changes).table_valued(column("name"), name="names").render_derived()
NAMES_OF_CHANGES = func.coalesce(
    select(func.jsonb_object_agg(_names.c.name, null())).select_from(_names).scalar_subquery(), literal_column("'{}'", JSONB)
)
"""What an update leaves of the changes of an event: the names of the fields. Citus wants a constant where there are none."""
_REDACT = Statement(
    update(_events)
    .values(snapshot=null(), changes=NAMES_OF_CHANGES)
    .where(
        _events.c.stream_id == bindparam("of_stream", type_=Uuid()),
        _events.c.entity_id == func.any(bindparam("ids", type_=ARRAY(Uuid()))),
    )
)


async def redact(uow: SqlUnitOfWork, stream_id: UUID, ids: Iterable[UUID]) -> None:
    """Leaves of all events of these things only that they happened, and to which fields."""
    await uow.write(_REDACT, {"of_stream": stream_id, "ids": list(ids)})
