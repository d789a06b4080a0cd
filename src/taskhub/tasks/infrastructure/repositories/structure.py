"""How tasks hang together: parts of the trees of subtasks and of the graph of blockers, read as far as a command needs them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ARRAY, CTE, ColumnElement, Select, Uuid, bindparam, column, func, select, true

from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.tasks.domain.blockers import Blockers
from taskhub.tasks.domain.hierarchy import Hierarchy, Node
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID

_tasks = TASKS.table.c
_NODE = (_tasks.id, _tasks.parent_id, _tasks.project_id, _tasks.deleted_at.is_(None).label("is_live"))
_nodes = select(*_NODE).where(_tasks.workspace_id == WORKSPACE_ID)


def _is_one_of(parameter: str) -> ColumnElement[bool]:
    return _tasks.id == func.any(bindparam(parameter, type_=ARRAY(Uuid())))


def _line(name: str, start: Select[tuple[UUID, UUID | None, UUID, bool]], *, upwards: bool) -> CTE:
    line = start.cte(name, recursive=True)
    follows = _tasks.id == line.c.parent_id if upwards else _tasks.parent_id == line.c.id
    return line.union(_nodes.join(line, follows))


_up = _line("up", _nodes.where(_is_one_of("parents")), upwards=True)
_down = _line("down", _nodes.where(_is_one_of("tasks")), upwards=False)
_HIERARCHY = Statement(select(*_up.c).union(select(*_down.c)))

_links = select(_tasks.id, _tasks.blocked_by_ids, _tasks.deleted_at.is_(None).label("is_live")).where(
    _tasks.workspace_id == WORKSPACE_ID
)
_reached = _links.where(_is_one_of("ids")).cte("reached", recursive=True)
_blocker = func.unnest(_reached.c.blocked_by_ids).table_valued(column("id", Uuid()), name="blocker").render_derived()
_further = _links.select_from(_reached.join(_blocker, true()).join(TASKS.table, _tasks.id == _blocker.c.id))
_BLOCKERS = Statement(select(_reached.union(_further)))


class SqlStructure:
    def __init__(self, uow: SqlUnitOfWork) -> None:
        self._uow = uow

    async def hierarchy(self, workspace_id: UUID, parents: Iterable[UUID], tasks: Iterable[UUID]) -> Hierarchy:
        parameters = {"workspace_id": workspace_id, "parents": list(parents), "tasks": list(tasks)}
        return Hierarchy(Node(*record) for record in await self._uow.fetch(_HIERARCHY, parameters))

    async def blockers(self, workspace_id: UUID, ids: Iterable[UUID]) -> Blockers:
        records = await self._uow.fetch(_BLOCKERS, {"workspace_id": workspace_id, "ids": list(ids)})
        return Blockers({id: ids for id, ids, _ in records}, (id for id, _, is_live in records if is_live))
