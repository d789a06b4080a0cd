"""Projects, read."""

from functools import lru_cache
from uuid import UUID

from sqlalchemy import ColumnElement, select

from taskhub.kernel.application.pages import Order, PageRequest, Portion
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.ports import ProjectRef
from taskhub.tasks.application.queries import ProjectFilter, ProjectSort
from taskhub.tasks.application.views import ProjectView
from taskhub.tasks.infrastructure.mappings import PROJECTS
from taskhub.tasks.infrastructure.naming import IS_PROJECT, WORKSPACE_ID, kind_of, project_parameters
from taskhub.tasks.infrastructure.queries.sorting import ORDERS

_projects = PROJECTS.table.c
_IN_WORKSPACE = select(*(_projects[name] for name in PROJECTS.view_columns)).where(
    _projects.workspace_id == WORKSPACE_ID, *PROJECTS.criteria
)
_LIVE = _projects.deleted_at.is_(None)
_PROJECT = {
    (kind, with_deleted): Statement(_IN_WORKSPACE.where(is_named, *([] if with_deleted else [_LIVE])))
    for kind, is_named in IS_PROJECT.items()
    for with_deleted in (False, True)
}


@lru_cache(maxsize=64)
def project_list_statement(chosen: ProjectFilter, order: Order[ProjectSort], goes_on: bool) -> Statement:
    conditions: list[ColumnElement[bool]] = [
        _projects.deleted_at.is_not(None) if chosen.deleted else _projects.deleted_at.is_(None)
    ]
    if chosen.archived is not None:
        conditions.append(_projects.archived_at.is_not(None) if chosen.archived else _projects.archived_at.is_(None))
    query = _IN_WORKSPACE.add_columns(_projects.sort_key).where(*conditions)
    return Statement(ORDERS.page(query, order, _projects, goes_on=goes_on))


class SqlProjectQueries:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, workspace_id: UUID, ref: ProjectRef, *, with_deleted: bool = False) -> ProjectView | None:
        parameters = {"workspace_id": workspace_id, **project_parameters(ref)}
        record = await self._database.fetch_row(_PROJECT[kind_of(ref), with_deleted], parameters)
        return None if record is None else PROJECTS.show(record)

    async def list(self, workspace_id: UUID, chosen: ProjectFilter, page: PageRequest[ProjectSort]) -> Portion[ProjectView]:
        statement = project_list_statement(chosen, page.order, page.after is not None)
        records = await self._database.fetch(statement, {"workspace_id": workspace_id, **ORDERS.page_parameters(page)})
        return ORDERS.portion_of(records, page, PROJECTS.show)
