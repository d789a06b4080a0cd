"""Comments as of a moment. The rows of deleted ones tell which task they were on."""

from functools import lru_cache
from uuid import UUID

import msgspec
from sqlalchemy import Text, Uuid, bindparam, cast, select, true

from taskhub.kernel.application.pages import PageRequest, PageSlice
from taskhub.kernel.domain.errors import NotFound
from taskhub.kernel.infrastructure.event_log.snapshots import Snapshots, snapshot_of
from taskhub.kernel.infrastructure.postgres.connection import Record
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.queries import OLDEST_FIRST, CommentSort
from taskhub.tasks.application.views import CommentView
from taskhub.tasks.contract.references import TaskRef
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.infrastructure.mappings import COMMENTS
from taskhub.tasks.infrastructure.queries.past.tasks import PastTasks
from taskhub.tasks.infrastructure.queries.sorting import ORDERS
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID

_comments = COMMENTS.table.c


@lru_cache(maxsize=2)
def _list(goes_on: bool) -> Statement:
    past = snapshot_of(WORKSPACE_ID, _comments.id)
    on_task = (
        select(cast(past.c.snapshot, Text).label("snapshot"), _comments.created_at, _comments.id)
        .select_from(COMMENTS.table.join(past, true()))
        .where(_comments.workspace_id == WORKSPACE_ID, _comments.task_id == bindparam("task_id", type_=Uuid()))
    )
    return Statement(ORDERS.page(on_task, OLDEST_FIRST, _comments, goes_on=goes_on))


class PastComments:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._tasks = PastTasks(database)
        self._snapshots = Snapshots(database)

    async def find(self, workspace_id: UUID, task: TaskRef, id: UUID, as_of: int) -> CommentView | None:
        owner = await self._tasks.find(workspace_id, task, as_of)
        snapshot = await self._snapshots.find(workspace_id, Comment.entity_type, id, as_of) if owner else None
        view = None if snapshot is None else msgspec.json.decode(snapshot, type=CommentView)
        return view if owner and view and view.task_id == owner.id else None

    async def list(self, workspace_id: UUID, task: TaskRef, page: PageRequest[CommentSort], as_of: int) -> PageSlice[CommentView]:
        """Raises:
        NotFound: no such task.
        """
        owner = await self._tasks.find(workspace_id, task, as_of)
        if owner is None:
            raise NotFound
        place = {"workspace_id": workspace_id, "task_id": owner.id, "as_of": as_of}
        records = await self._database.fetch(_list(page.after is not None), {**place, **ORDERS.page_parameters(page)})
        return ORDERS.slice_of(records, page, _view_of)


def _view_of(record: Record) -> CommentView:
    return msgspec.json.decode(record["snapshot"], type=CommentView)
