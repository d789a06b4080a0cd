"""Projects as of a moment."""

from functools import lru_cache
from uuid import UUID

import msgspec
from sqlalchemy import Text, cast, select, true

from taskhub.kernel.application.pages import PageRequest, PageSlice, SortOrder
from taskhub.kernel.infrastructure.event_log.snapshots import member, snapshot_of
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.queries import ProjectFilter, ProjectSort
from taskhub.tasks.application.views import ProjectView
from taskhub.tasks.contract.references import ProjectRef
from taskhub.tasks.infrastructure.mappings import PROJECTS
from taskhub.tasks.infrastructure.queries.past.names import PastNames
from taskhub.tasks.infrastructure.task_lookup import PROJECT_BY_REF, WORKSPACE_ID, project_parameters, ref_type

_projects = PROJECTS.table.c
_past = snapshot_of(WORKSPACE_ID, _projects.id)
_HERE = PROJECTS.table.join(_past, true())
_ONE = select(cast(_past.c.snapshot, Text).label("snapshot")).select_from(_HERE).where(_projects.workspace_id == WORKSPACE_ID)
_PROJECT = {kind: Statement(_ONE.where(is_named)) for kind, is_named in PROJECT_BY_REF.items()}


@lru_cache(maxsize=8)
def _names(filters: ProjectFilter) -> Statement:
    deleted_at, archived_at = member(_past.c.snapshot, "deleted_at"), member(_past.c.snapshot, "archived_at")
    conditions = [_projects.workspace_id == WORKSPACE_ID, deleted_at.is_not(None) if filters.deleted else deleted_at.is_(None)]
    if filters.archived is not None:
        conditions.append(archived_at.is_not(None) if filters.archived else archived_at.is_(None))
    columns = (_projects.id, member(_past.c.snapshot, "name").label("name"), _projects.key)
    return Statement(select(*columns).select_from(_HERE).where(*conditions))


class PastProjects:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._names = PastNames(database, ProjectView)

    async def find(self, workspace_id: UUID, ref: ProjectRef, as_of: int, *, with_deleted: bool = False) -> ProjectView | None:
        parameters = {"workspace_id": workspace_id, "as_of": as_of, **project_parameters(ref)}
        record = await self._database.fetch_row(_PROJECT[ref_type(ref)], parameters)
        view = None if record is None else msgspec.json.decode(record["snapshot"], type=ProjectView)
        return view if view is None or with_deleted or view.deleted_at is None else None

    async def list(
        self, workspace_id: UUID, filters: ProjectFilter, page: PageRequest[ProjectSort], as_of: int
    ) -> PageSlice[ProjectView]:
        assert page.order == SortOrder(ProjectSort.NAME), "as of a moment there is no other order"
        return await self._names.page(_names(filters), workspace_id, page, as_of)
