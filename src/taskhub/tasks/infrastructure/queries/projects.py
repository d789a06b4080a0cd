"""Projects, read."""

from functools import lru_cache
from uuid import UUID

from sqlalchemy import ColumnElement, select

from taskhub.kernel.application.pages import PageRequest, PageSlice, SortOrder
from taskhub.kernel.infrastructure.event_log.log_head import with_log_head
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.queries import ProjectFilter, ProjectSort
from taskhub.tasks.application.views import ProjectView
from taskhub.tasks.contract.references import ProjectRef
from taskhub.tasks.infrastructure.mappings import PROJECTS
from taskhub.tasks.infrastructure.queries.past.projects import PastProjects
from taskhub.tasks.infrastructure.queries.sorting import ORDERS
from taskhub.tasks.infrastructure.task_lookup import PROJECT_BY_REF, WORKSPACE_ID, project_parameters, ref_type

_projects = PROJECTS.table.c
_IN_WORKSPACE = select(*(_projects[name] for name in PROJECTS.view_columns)).where(
    _projects.workspace_id == WORKSPACE_ID, *PROJECTS.criteria
)
_LIVE = _projects.deleted_at.is_(None)
_PROJECT = {
    (kind, with_deleted): Statement(_IN_WORKSPACE.where(is_named, *([] if with_deleted else [_LIVE])))
    for kind, is_named in PROJECT_BY_REF.items()
    for with_deleted in (False, True)
}


@lru_cache(maxsize=64)
def project_list_statement(filters: ProjectFilter, order: SortOrder[ProjectSort], goes_on: bool) -> Statement:
    conditions: list[ColumnElement[bool]] = [
        _projects.deleted_at.is_not(None) if filters.deleted else _projects.deleted_at.is_(None)
    ]
    if filters.archived is not None:
        conditions.append(_projects.archived_at.is_not(None) if filters.archived else _projects.archived_at.is_(None))
    query = _IN_WORKSPACE.add_columns(_projects.sort_key).where(*conditions)
    return Statement(with_log_head(ORDERS.page(query, order, _projects, goes_on=goes_on), WORKSPACE_ID))


class SqlProjectQueries:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._past = PastProjects(database)

    async def find(
        self, workspace_id: UUID, ref: ProjectRef, *, with_deleted: bool = False, as_of: int | None = None
    ) -> ProjectView | None:
        if as_of is not None:
            return await self._past.find(workspace_id, ref, as_of, with_deleted=with_deleted)
        parameters = {"workspace_id": workspace_id, **project_parameters(ref)}
        record = await self._database.fetch_row(_PROJECT[ref_type(ref), with_deleted], parameters)
        return None if record is None else PROJECTS.show(record)

    async def list(
        self, workspace_id: UUID, filters: ProjectFilter, page: PageRequest[ProjectSort], *, as_of: int | None = None
    ) -> PageSlice[ProjectView]:
        if as_of is not None:
            return await self._past.list(workspace_id, filters, page, as_of)
        statement = project_list_statement(filters, page.order, page.after is not None)
        records = await self._database.fetch(statement, {"workspace_id": workspace_id, **ORDERS.page_parameters(page)})
        return ORDERS.slice_of(records, page, PROJECTS.show)
