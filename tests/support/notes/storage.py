"""Notes on PostgreSQL: the unit of work, and reads."""

from datetime import UTC, datetime
from enum import Enum
from uuid import UUID

import msgspec
from sqlalchemy import DateTime, Integer, Uuid, bindparam, delete, func, insert, literal, select, tuple_, update

from support.notes.note import NOTES, Note, NoteView
from taskhub.kernel.application.pages import PageRequest, PageSlice, SortOrder
from taskhub.kernel.infrastructure.event_log.log_head import with_log_head
from taskhub.kernel.infrastructure.event_log.redaction import redact
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.pages import Orders, SortColumn
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.repository import SqlRepository
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork


class NoteSort(Enum):
    CREATED_AT = "created_at"


NEWEST_FIRST = SortOrder(NoteSort.CREATED_AT, descending=True)
ORDERS = Orders({NoteSort.CREATED_AT: (SortColumn("created_at"), SortColumn("id"))})

_notes = NOTES.table.c
_WORKSPACE = bindparam("workspace_id", type_=Uuid())
_SHOWN = select(*(_notes[name] for name in NOTES.view_columns), _notes.created_at.label("at")).where(
    _notes.workspace_id == _WORKSPACE
)
_LIVE = _SHOWN.where(_notes.deleted_at.is_(None))
_ONE = Statement(_SHOWN.where(_notes.id == bindparam("id", type_=Uuid())))
_LISTS = {
    goes_on: Statement(with_log_head(ORDERS.page(_LIVE, NEWEST_FIRST, _notes, goes_on=goes_on), _WORKSPACE))
    for goes_on in (False, True)
}
_KEY = tuple_(_notes.workspace_id, _notes.id)
_REMOVE = Statement(
    delete(NOTES.table)
    .where(
        _notes.workspace_id == _WORKSPACE,
        _KEY.in_(
            select(_notes.workspace_id, _notes.id)
            .where(_notes.workspace_id == _WORKSPACE)
            .limit(bindparam("limit", type_=Integer()))
        ),
    )
    .returning(literal(1))
)
EXPIRED = Statement(
    select(_notes.workspace_id, _notes.id).where(_notes.deleted_at < bindparam("before", type_=_notes.deleted_at.type))
)


class SqlNotes(SqlRepository[Note]):
    mapping = NOTES


class NotesUnitOfWork(SqlUnitOfWork):
    @property
    def notes(self) -> SqlNotes:
        return SqlNotes(self)

    async def redact(self, workspace_id: UUID, ids: list[UUID]) -> None:
        await redact(self, workspace_id, ids)

    async def pin_silently(self, workspace_id: UUID, id: UUID) -> None:
        """A fault: changes a row without a version and an event."""
        statement = Statement(
            update(NOTES.table)
            .values(pinned=True)
            .where(_notes.workspace_id == _WORKSPACE, _notes.id == bindparam("note", type_=Uuid()))
        )
        await self.write(statement, {"workspace_id": workspace_id, "note": id})

    async def remove_workspace_rows(self, workspace_id: UUID, *, limit: int) -> int:
        return len(await self.write(_REMOVE, {"workspace_id": workspace_id, "limit": limit}))


class NoteQueries:
    def __init__(self, database: Database, faults: frozenset[str]) -> None:
        self.database = database
        self._faults = faults

    async def find(self, workspace_id: UUID, id: UUID, *, deleted: bool = False) -> NoteView | None:
        if "forgets_workspace" in self._faults:
            everywhere = Statement(
                select(*(_notes[name] for name in NOTES.view_columns)).where(_notes.id == bindparam("id", type_=Uuid()))
            )
            record = await self.database.fetch_row(everywhere, {"id": id})
        else:
            record = await self.database.fetch_row(_ONE, {"workspace_id": workspace_id, "id": id})
        found = None if record is None else NOTES.show(record)
        return found if found is not None and (deleted or found.deleted_at is None) else None

    async def list(self, workspace_id: UUID, page: PageRequest[NoteSort]) -> PageSlice[NoteView]:
        if "counts_pages" in self._faults:
            return await self._list_by_number(workspace_id, page)
        parameters = {"workspace_id": workspace_id, **ORDERS.page_parameters(page)}
        records = await self.database.fetch(_LISTS[page.after is not None], parameters)
        found = ORDERS.slice_of(records, page, NOTES.show)
        if "reads_one_by_one" in self._faults:
            for one in found.items:
                await self.find(workspace_id, one.id)
        if "list_lags" in self._faults:
            return PageSlice([msgspec.structs.replace(one, weight=0) for one in found.items], found.after, found.log_head)
        return found

    async def _list_by_number(self, workspace_id: UUID, page: PageRequest[NoteSort]) -> PageSlice[NoteView]:
        """A fault: a position that is a count, in the place of the instant. What is added moves everything."""
        whole = PageRequest(page.order, 10_000)
        records = await self.database.fetch(_LISTS[False], {"workspace_id": workspace_id, **ORDERS.page_parameters(whole)})
        first = 0 if page.after is None else page.after[1].int
        every = ORDERS.slice_of(records, whole, NOTES.show)
        items = every.items[first : first + page.limit]
        is_last = first + page.limit >= len(every.items)
        after = None if is_last else (items[-1].created_at, UUID(int=first + page.limit))
        return PageSlice(items, after, every.log_head)


_LONG_AGO = literal(datetime(2020, 1, 1, tzinfo=UTC), DateTime(timezone=True))
COPY = Statement(
    insert(NOTES.table).from_select(
        ["workspace_id", "id", "heading", "weight", "version", "created_at", "updated_at"],
        select(
            _WORKSPACE,
            func.gen_random_uuid(),
            literal("copy"),
            literal(0, Integer()),
            literal(1, Integer()),
            _LONG_AGO,
            _LONG_AGO,
        ),
    )
)
"""A fault: a row that is written past the unit of work, and again where its reply is lost."""
