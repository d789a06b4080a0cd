"""The purge of this module: which workspaces have something in the trash that is over."""

from datetime import datetime

from sqlalchemy import bindparam, select, union

from taskhub.kernel.application.commands import Context
from taskhub.kernel.application.runner import Runner
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.background.purge_trash import RETENTION, PurgeTrash, purge_trash
from taskhub.tasks.infrastructure.mappings import PROJECTS, TASKS
from taskhub.tasks.infrastructure.unit_of_work import SqlTasksUnitOfWork

_tasks, _projects = TASKS.table.c, PROJECTS.table.c
_BEFORE = bindparam("before", type_=_tasks.deleted_at.type)
_WORKSPACES = Statement(
    union(
        select(_tasks.workspace_id).where(_tasks.deleted_at < _BEFORE),
        select(_projects.workspace_id).where(_projects.deleted_at < _BEFORE, *PROJECTS.criteria),
    )
)


class TrashPurge:
    """Empties the trash of all workspaces of what is 30 days old."""

    def __init__(self, runner: Runner[SqlTasksUnitOfWork]) -> None:
        self._runner = runner

    async def __call__(self, database: Database, now: datetime) -> int:
        """Returns how many projects and tasks went."""
        removed = 0
        for row in await database.fetch(_WORKSPACES, {"before": now - RETENTION}):
            command = PurgeTrash(row["workspace_id"], now)
            while count := await self._runner.perform(purge_trash, command, Context()):
                removed += count
        return removed
