"""Projects, loaded whole."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, bindparam, select, update

from taskhub.kernel.infrastructure.cache.row_cache import CachedRepository
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.tasks.application.ports import Allocation
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.rank import at_end
from taskhub.tasks.infrastructure.mappings import PROJECTS
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID

_projects = PROJECTS.table.c
_EXPIRED = Statement(
    select(*PROJECTS.columns)
    .where(
        _projects.workspace_id == WORKSPACE_ID,
        _projects.deleted_at < bindparam("instant", type_=_projects.deleted_at.type),
        *PROJECTS.criteria,
    )
    .order_by(_projects.id)
    .limit(bindparam("limit", type_=Integer()))
    .with_for_update()
)
_SHARE_LOCK = Statement(
    select(_projects.id)
    .where(_projects.workspace_id == WORKSPACE_ID)
    .order_by(_projects.id)
    .with_for_update(read=True, key_share=True)
)
_ALLOCATE = Statement(
    update(PROJECTS.table)
    .values(
        last_number=_projects.last_number + bindparam("numbers", type_=Integer()),
        last_place=_projects.last_place + bindparam("places", type_=Integer()),
    )
    .where(_projects.workspace_id == WORKSPACE_ID, _projects.id == bindparam("of_project", type_=_projects.id.type))
    .returning(_projects.last_number, _projects.last_place),
    is_counting=True,
)


async def share_lock_projects(uow: SqlUnitOfWork, workspace_id: UUID) -> None:
    """For whoever locks tasks wherever they are: who holds a project alone may lock its tasks in any order."""
    await uow.fetch(_SHARE_LOCK, {"workspace_id": workspace_id})


class SqlProjectRepository(CachedRepository[Project]):
    mapping = PROJECTS

    async def allocate(self, project: Project, *, numbers: int = 0, places: int = 0) -> Allocation:
        parameters = {"workspace_id": project.workspace_id, "of_project": project.id, "numbers": numbers, "places": places}
        (last_number, last_place), *_ = await self._uow.write(_ALLOCATE, parameters)
        return Allocation(
            range(last_number - numbers + 1, last_number + 1),
            [at_end(place) for place in range(last_place - places + 1, last_place + 1)],
        )

    async def find_expired(self, workspace_id: UUID, instant: datetime, *, limit: int) -> list[Project]:
        return await self._load_all(_EXPIRED, {"workspace_id": workspace_id, "instant": instant, "limit": limit})
