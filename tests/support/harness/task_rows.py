"""Writes many tasks straight to the database, for tests of reads."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from factories.tasks import TaskFactory
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.tasks.domain.rank import at_end
from taskhub.tasks.domain.task import Task
from taskhub.tasks.infrastructure.mappings import TASKS


def task_of(workspace_id: UUID, **values: Any) -> Task:
    """A task as it was stored, of a project that nobody needs to know."""
    given = {"id": uuid4(), "project_id": uuid4(), "project_key": "OPS", **values}
    task: Task = TaskFactory(workspace_id=workspace_id, project=None, **given)
    task.rank = task.rank or at_end(task.number or 0)
    return task


async def store(database: Database, tasks: Iterable[Task]) -> None:
    async with database.connection() as connection:
        await connection._driver.copy_records_to_table(
            "tasks", records=[TASKS.to_row(task) for task in tasks], columns=[column.name for column in TASKS.columns]
        )
