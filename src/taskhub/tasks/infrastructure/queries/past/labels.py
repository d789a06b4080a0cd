"""Labels as of a moment. A deleted one has no row: it is known by its last event."""

from uuid import UUID

import msgspec
from sqlalchemy import select, true, union

from taskhub.kernel.application.pages import PageRequest, PageSlice, SortOrder
from taskhub.kernel.infrastructure.event_log.snapshots import Snapshots, gone_since, member, snapshot_of
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.queries import LabelSort
from taskhub.tasks.application.views import LabelView
from taskhub.tasks.domain.label import Label
from taskhub.tasks.infrastructure.mappings import LABELS
from taskhub.tasks.infrastructure.queries.past.names import PastNames
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID

_labels = LABELS.table.c
_ever = union(
    select(_labels.id).where(_labels.workspace_id == WORKSPACE_ID), gone_since(WORKSPACE_ID, Label.entity_type)
).subquery("ever")
_past = snapshot_of(WORKSPACE_ID, _ever.c.id)
_NAMES = Statement(select(_ever.c.id, member(_past.c.snapshot, "name").label("name")).select_from(_ever.join(_past, true())))


class PastLabels:
    def __init__(self, database: Database) -> None:
        self._snapshots = Snapshots(database)
        self._names = PastNames(database, LabelView)

    async def find(self, workspace_id: UUID, id: UUID, as_of: int) -> LabelView | None:
        snapshot = await self._snapshots.find(workspace_id, Label.entity_type, id, as_of)
        return None if snapshot is None else msgspec.json.decode(snapshot, type=LabelView)

    async def list(self, workspace_id: UUID, page: PageRequest[LabelSort], as_of: int) -> PageSlice[LabelView]:
        assert page.order == SortOrder(LabelSort.NAME), "as of a moment there is no other order"
        return await self._names.page(_NAMES, workspace_id, page, as_of)
