"""Labels, read."""

from functools import lru_cache
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, select

from taskhub.kernel.infrastructure.postgres.database import Database, Record
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.queries import LabelSort, PageRequest, PageSlice, SortOrder
from taskhub.tasks.application.views import LabelView
from taskhub.tasks.infrastructure.mappings import LABELS
from taskhub.tasks.infrastructure.queries.page_slices import page_parameters, page_slice_of
from taskhub.tasks.infrastructure.queries.sorting import follows, sorted_by
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID

_labels = LABELS.table.c
_IN_WORKSPACE = select(*(_labels[name] for name in LabelView.__struct_fields__), _labels.sort_key).where(
    _labels.workspace_id == WORKSPACE_ID
)
_LABEL = Statement(_IN_WORKSPACE.where(_labels.id == bindparam("id", type_=Uuid())))


@lru_cache(maxsize=16)
def _list(order: SortOrder[LabelSort], goes_on: bool) -> Statement:
    query = _IN_WORKSPACE.where(follows(order, _labels)) if goes_on else _IN_WORKSPACE
    return Statement(query.order_by(*sorted_by(order, _labels)).limit(bindparam("limit", type_=Integer())))


class SqlLabelQueries:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, workspace_id: UUID, id: UUID) -> LabelView | None:
        record = await self._database.fetch_row(_LABEL, {"workspace_id": workspace_id, "id": id})
        return None if record is None else _label_of(record)

    async def list(self, workspace_id: UUID, page: PageRequest[LabelSort]) -> PageSlice[LabelView]:
        statement = _list(page.order, page.after is not None)
        records = await self._database.fetch(statement, {"workspace_id": workspace_id, **page_parameters(page)})
        return page_slice_of(records, page, _label_of)


def _label_of(record: Record) -> LabelView:
    *shown, _ = record
    return LabelView(*shown)
