"""Comments, read. One statement tells whether the task is there, and what was said about it."""

from functools import lru_cache
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, true

from taskhub.kernel.application.pages import PageRequest, PageSlice
from taskhub.kernel.domain.errors import NotFound
from taskhub.kernel.infrastructure.event_log.log_head import log_head
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.queries import OLDEST_FIRST, CommentSort
from taskhub.tasks.application.views import CommentView
from taskhub.tasks.contract.references import TaskRef
from taskhub.tasks.infrastructure.mappings import COMMENTS, TASKS
from taskhub.tasks.infrastructure.queries.past.comments import PastComments
from taskhub.tasks.infrastructure.queries.sorting import ORDERS
from taskhub.tasks.infrastructure.task_lookup import TASK_BY_REF, WORKSPACE_ID, ref_type, task_parameters

_tasks, _comments = TASKS.table.c, COMMENTS.table.c
_IS_LIVE = (_tasks.workspace_id == WORKSPACE_ID, _tasks.deleted_at.is_(None))
_ON_TASK = (
    select(*(_comments[name] for name in COMMENTS.view_columns))
    .where(_comments.workspace_id == WORKSPACE_ID, _comments.task_id == _tasks.id, _comments.deleted_at.is_(None))
    .correlate(TASKS.table)
)


@lru_cache(maxsize=4)
def _one(kind: type) -> Statement:
    comment = _ON_TASK.where(_comments.id == bindparam("comment_id", type_=Uuid())).lateral("comment")
    return Statement(select(*comment.c).select_from(TASKS.table.join(comment, true())).where(*_IS_LIVE, TASK_BY_REF[kind]))


@lru_cache(maxsize=4)
def _list(kind: type, goes_on: bool) -> Statement:
    """At least one row, if the task is there."""
    comment = ORDERS.page(_ON_TASK, OLDEST_FIRST, _comments, goes_on=goes_on).lateral("comment")
    columns = (*comment.c, log_head(WORKSPACE_ID))
    listed = select(*columns).select_from(TASKS.table.outerjoin(comment, true())).where(*_IS_LIVE, TASK_BY_REF[kind])
    return Statement(listed.order_by(*ORDERS.sorted_by(OLDEST_FIRST, comment.c)))


class SqlCommentQueries:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._past = PastComments(database)

    async def find(self, workspace_id: UUID, task: TaskRef, id: UUID, *, as_of: int | None = None) -> CommentView | None:
        if as_of is not None:
            return await self._past.find(workspace_id, task, id, as_of)
        parameters = {"workspace_id": workspace_id, **task_parameters(task), "comment_id": id}
        record = await self._database.fetch_row(_one(ref_type(task)), parameters)
        return None if record is None else COMMENTS.show(record)

    async def list(
        self, workspace_id: UUID, task: TaskRef, page: PageRequest[CommentSort], *, as_of: int | None = None
    ) -> PageSlice[CommentView]:
        if as_of is not None:
            return await self._past.list(workspace_id, task, page, as_of)
        parameters = {"workspace_id": workspace_id, **task_parameters(task), **ORDERS.page_parameters(page)}
        records = await self._database.fetch(_list(ref_type(task), page.after is not None), parameters)
        if not records:
            raise NotFound
        return ORDERS.slice_of(records, page, COMMENTS.show)
