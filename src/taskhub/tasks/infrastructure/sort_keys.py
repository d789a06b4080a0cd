"""Keys to sort names by, where a process of a version that knew none has written a name: while a deployment is updated."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Select, Text, and_, bindparam, or_, select, tuple_, update

from taskhub.kernel.domain.texts import sort_key
from taskhub.kernel.infrastructure.event_log.log_head import renew_head
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping
from taskhub.tasks.infrastructure.mappings import LABELS, PROJECTS
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID

RECENT = timedelta(days=1)
"""How long after a change its key is looked at: longer than two versions run side by side."""
BATCH_SIZE = 500


class _Names:
    """The names in one table."""

    def __init__(self, mapping: Mapping[Any]) -> None:
        columns = mapping.table.c
        place = tuple_(columns.workspace_id, columns.id)
        written = or_(
            columns.updated_at >= bindparam("since", type_=columns.updated_at.type),
            and_(columns.sort_key == "", columns.name != ""),
        )
        query: Select[tuple[object, ...]] = (
            select(columns.workspace_id, columns.id, columns.name, columns.sort_key)
            .where(written)
            .order_by(columns.workspace_id, columns.id)
            .limit(bindparam("limit", type_=Integer()))
        )
        after = tuple_(
            bindparam("after_workspace_id", type_=columns.workspace_id.type), bindparam("after_id", type_=columns.id.type)
        )
        self.first, self.next = Statement(query), Statement(query.where(place > after))
        mended = (
            update(mapping.table)
            .values(sort_key=bindparam("new_key", type_=Text()))
            .where(
                columns.workspace_id == WORKSPACE_ID,
                columns.id == bindparam("of_id", type_=columns.id.type),
                columns.name == bindparam("known_name", type_=Text()),
            )
            .returning(columns.id)
            .cte("mended")
        )
        self.mend = Statement(renew_head(WORKSPACE_ID, mended))


_TABLES = (_Names(PROJECTS), _Names(LABELS))


class SortKeyUpkeep:
    async def __call__(self, database: Database, now: datetime) -> int:
        """Returns how many keys were written."""
        return sum([await self._mend(names, database, now - RECENT) for names in _TABLES])

    async def _mend(self, names: _Names, database: Database, since: datetime) -> int:
        parameters = {"since": since, "limit": BATCH_SIZE}
        rows, mended = await database.fetch(names.first, parameters), 0
        while rows:
            for workspace_id, id, name, known in rows:
                if (key := sort_key(name)) != known:
                    values = {"workspace_id": workspace_id, "of_id": id, "known_name": name, "new_key": key}
                    await database.fetch(names.mend, values)
                    mended += 1
            last = {"after_workspace_id": rows[-1]["workspace_id"], "after_id": rows[-1]["id"]}
            rows = await database.fetch(names.next, {**parameters, **last})
        return mended
