"""Tasks as of a moment."""

from uuid import UUID

import msgspec
from sqlalchemy import Text, cast, select, true

from taskhub.kernel.application.pages import PageRequest, PageSlice
from taskhub.kernel.infrastructure.event_log.snapshots import Snapshots, snapshot_of
from taskhub.kernel.infrastructure.postgres.connection import Record
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.queries import NEWEST_FIRST, TaskFilter, TaskSort
from taskhub.tasks.application.views import TaskView
from taskhub.tasks.contract.references import TaskRef
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.queries.filters import names_of, values_of
from taskhub.tasks.infrastructure.queries.lists import ListShape, rows_for
from taskhub.tasks.infrastructure.queries.past.task_lists import past_list_statement
from taskhub.tasks.infrastructure.queries.sorting import ORDERS
from taskhub.tasks.infrastructure.task_lookup import TASK_BY_REF, WORKSPACE_ID, ref_type, task_parameters
from taskhub.workspaces.contract.events import WORKSPACE

_tasks = TASKS.table.c
_past = snapshot_of(WORKSPACE_ID, _tasks.id)
_ONE = select(cast(_past.c.snapshot, Text).label("snapshot")).select_from(TASKS.table.join(_past, true()))
_TASK = {kind: Statement(_ONE.where(_tasks.workspace_id == WORKSPACE_ID, is_named)) for kind, is_named in TASK_BY_REF.items()}


class _Workspace(msgspec.Struct):
    """What is read of the snapshot of a workspace."""

    time_zone: str | None = None


class PastTasks:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._snapshots = Snapshots(database)

    async def find(self, workspace_id: UUID, ref: TaskRef, as_of: int, *, with_deleted: bool = False) -> TaskView | None:
        """A task that has, or had at any time, this name: a key leads to the same task as of any moment."""
        parameters = {"workspace_id": workspace_id, "as_of": as_of, **task_parameters(ref)}
        record = await self._database.fetch_row(_TASK[ref_type(ref)], parameters)
        view = None if record is None else _view_of(record)
        return view if view is None or with_deleted or view.deleted_at is None else None

    async def list(self, workspace_id: UUID, filters: TaskFilter, page: PageRequest[TaskSort], as_of: int) -> PageSlice[TaskView]:
        assert page.order == NEWEST_FIRST, "as of a moment there is no other order"
        assert filters.q is None, "as of a moment nothing is searched for words"
        names = names_of(filters, page.order)
        shape = ListShape(names, page.order, page.after is not None, False, filters.deleted, rows_for(page.limit))
        parameters = {"workspace_id": workspace_id, "as_of": as_of, **values_of(filters), **ORDERS.page_parameters(page)}
        records = await self._database.fetch(past_list_statement(shape), parameters)
        if records and records[-1]["snapshot"] is None:
            *found, last = records
            return PageSlice([_view_of(record) for record in found], (last["created_at"], last["id"]))
        return ORDERS.slice_of(records, page, _view_of)

    async def time_zone(self, workspace_id: UUID, as_of: int) -> str | None:
        snapshot = await self._snapshots.find(workspace_id, WORKSPACE, workspace_id, as_of)
        return None if snapshot is None else msgspec.json.decode(snapshot, type=_Workspace).time_zone


def _view_of(record: Record) -> TaskView:
    return msgspec.json.decode(record["snapshot"], type=TaskView)
