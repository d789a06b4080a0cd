"""Labels, read."""

from functools import lru_cache
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from taskhub.kernel.application.pages import PageRequest, PageSlice, SortOrder
from taskhub.kernel.infrastructure.event_log.log_head import with_log_head
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.queries import LabelSort
from taskhub.tasks.application.views import LabelView
from taskhub.tasks.infrastructure.mappings import LABELS
from taskhub.tasks.infrastructure.queries.past.labels import PastLabels
from taskhub.tasks.infrastructure.queries.sorting import ORDERS
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID

_labels = LABELS.table.c
_IN_WORKSPACE = select(*(_labels[name] for name in LABELS.view_columns), _labels.sort_key).where(
    _labels.workspace_id == WORKSPACE_ID
)
_LABEL = Statement(_IN_WORKSPACE.where(_labels.id == bindparam("id", type_=Uuid())))


@lru_cache(maxsize=16)
def _list(order: SortOrder[LabelSort], goes_on: bool) -> Statement:
    return Statement(with_log_head(ORDERS.page(_IN_WORKSPACE, order, _labels, goes_on=goes_on), WORKSPACE_ID))


class SqlLabelQueries:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._past = PastLabels(database)

    async def find(self, workspace_id: UUID, id: UUID, *, as_of: int | None = None) -> LabelView | None:
        if as_of is not None:
            return await self._past.find(workspace_id, id, as_of)
        record = await self._database.fetch_row(_LABEL, {"workspace_id": workspace_id, "id": id})
        return None if record is None else LABELS.show(record)

    async def list(self, workspace_id: UUID, page: PageRequest[LabelSort], *, as_of: int | None = None) -> PageSlice[LabelView]:
        if as_of is not None:
            return await self._past.list(workspace_id, page, as_of)
        statement = _list(page.order, page.after is not None)
        records = await self._database.fetch(statement, {"workspace_id": workspace_id, **ORDERS.page_parameters(page)})
        return ORDERS.slice_of(records, page, LABELS.show)
