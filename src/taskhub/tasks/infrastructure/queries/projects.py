"""Projects, read."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, bindparam, select

from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.ports import ProjectRef
from taskhub.tasks.application.queries import PageRequest, PageSlice, ProjectFilter, ProjectSort, SortOrder
from taskhub.tasks.application.views import ProjectView
from taskhub.tasks.infrastructure.mappings import PROJECTS, workflow_view_of
from taskhub.tasks.infrastructure.queries.page_slices import page_parameters, page_slice_of
from taskhub.tasks.infrastructure.queries.sorting import follows, sorted_by
from taskhub.tasks.infrastructure.task_lookup import PROJECT_BY_REF, WORKSPACE_ID, project_parameters, ref_type

_projects = PROJECTS.table.c
_IN_WORKSPACE = select(*(_projects[name] for name in ProjectView.__struct_fields__)).where(
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
    if goes_on:
        conditions.append(follows(order, _projects))
    query = _IN_WORKSPACE.add_columns(_projects.sort_key).where(*conditions).order_by(*sorted_by(order, _projects))
    return Statement(query.limit(bindparam("limit", type_=Integer())))


class SqlProjectQueries:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, workspace_id: UUID, ref: ProjectRef, *, with_deleted: bool = False) -> ProjectView | None:
        parameters = {"workspace_id": workspace_id, **project_parameters(ref)}
        record = await self._database.fetch_row(_PROJECT[ref_type(ref), with_deleted], parameters)
        return None if record is None else project_of(record)

    async def list(self, workspace_id: UUID, filters: ProjectFilter, page: PageRequest[ProjectSort]) -> PageSlice[ProjectView]:
        statement = project_list_statement(filters, page.order, page.after is not None)
        records = await self._database.fetch(statement, {"workspace_id": workspace_id, **page_parameters(page)})
        return page_slice_of(records, page, lambda record: project_of(record[:-1]))


def project_of(record: Sequence[Any]) -> ProjectView:
    id, workspace_id, key, name, description, workflow, *others = record
    return ProjectView(id, workspace_id, key, name, description, workflow_view_of(workflow), *others)
