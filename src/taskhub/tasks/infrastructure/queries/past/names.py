"""Lists by name as of a moment: projects and labels, which had other names then.

Names are few. All that there were at the moment are read and sorted, and then the snapshots of the page.
"""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Text, Uuid, bindparam, cast, column, func, select, true

from taskhub.kernel.application.pages import PageRequest, PageSlice, Position
from taskhub.kernel.domain.texts import sort_key
from taskhub.kernel.infrastructure.event_log.snapshots import snapshot_of
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID

View = TypeVar("View", bound=msgspec.Struct)

_given = func.unnest(bindparam("ids", type_=ARRAY(Uuid()))).table_valued(column("id", Uuid())).render_derived("given")
_past = snapshot_of(WORKSPACE_ID, _given.c.id)
_SNAPSHOTS = Statement(
    select(_given.c.id, cast(_past.c.snapshot, Text).label("snapshot")).select_from(_given.join(_past, true()))
)


class PastNames(Generic[View]):
    """The lists of one resource. Positions are those of today's lists: the key to sort by, the id, and what a row has besides."""

    def __init__(self, database: Database, view: type[View]) -> None:
        self._database = database
        self._view = view

    async def page(self, names: Statement, workspace_id: UUID, page: PageRequest[Any], as_of: int) -> PageSlice[View]:
        """A page of what a statement finds at the moment: rows of an id, a name, and what else a position has."""
        place = {"workspace_id": workspace_id, "as_of": as_of}
        rows = await self._database.fetch(names, place)
        positions = sorted((sort_key(name), id, *further) for id, name, *further in rows)
        if page.after is not None:
            positions = [position for position in positions if position[:2] > page.after[:2]]
        chosen = positions[: page.limit]
        after = chosen[-1] if len(positions) > page.limit else None
        return PageSlice(await self._views(chosen, place), after)

    async def _views(self, chosen: Sequence[Position], place: dict[str, object]) -> list[View]:
        ids = [position[1] for position in chosen]
        rows = await self._database.fetch(_SNAPSHOTS, {**place, "ids": ids}) if ids else []
        views = {id: msgspec.json.decode(snapshot, type=self._view) for id, snapshot in rows}
        return [views[id] for id in ids if id in views]
