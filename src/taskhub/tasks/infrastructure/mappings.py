"""Projects and tasks as rows."""

from typing import Any

from sqlalchemy import Text, cast

from taskhub.kernel.infrastructure.mapping import Allocation, Mapping
from taskhub.kernel.infrastructure.rows import table_of
from taskhub.tasks.application.views import ProjectView, TaskView, project_view, task_view
from taskhub.tasks.domain.due import Due
from taskhub.tasks.domain.errors import KeyTaken
from taskhub.tasks.domain.priority import Priority
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Content, Task
from taskhub.tasks.infrastructure.rows import ProjectRow, TaskRow

PROJECT_COLUMNS = (
    "workspace_id",
    "id",
    "key",
    "name",
    "description",
    "archived_at",
    "created_by_id",
    "version",
    "created_at",
    "updated_at",
    "deleted_at",
    "purged_at",
)
TASK_COLUMNS = (
    "workspace_id",
    "id",
    "project_id",
    "project_key",
    "number",
    "title",
    "description",
    "status",
    "status_category",
    "priority",
    "assignee_ids",
    "due_date",
    "due_time",
    "due_time_zone",
    "due_at",
    "due_ends_at",
    "closed_at",
    "created_by_id",
    "version",
    "created_at",
    "updated_at",
    "deleted_at",
    "trashed_with",
)
_NO_DUE = (None, None, None, None, None)
_PRIORITIES = tuple(Priority)


def _task_to_row(task: Task) -> tuple[Any, ...]:
    content, due = task.content, task.content.due
    return (
        task.workspace_id,
        task.id,
        task.project_id,
        task.project_key,
        task.number,
        content.title,
        content.description,
        content.status,
        task.status_category,
        int(content.priority),
        content.assignee_ids,
        *((due.date, due.time, due.time_zone, due.at, due.ends_at) if due else _NO_DUE),
        task.closed_at,
        task.created_by_id,
        task.version,
        task.created_at,
        task.updated_at,
        task.deleted_at,
        task.trashed_with,
    )


def _task_from_row(row: Any) -> Task:
    due = Due(row["due_date"], row["due_time"], row["due_time_zone"], row["due_at"]) if row["due_date"] else None
    content = Content(
        title=row["title"],
        description=row["description"],
        status=row["status"],
        priority=_PRIORITIES[row["priority"]],
        assignee_ids=tuple(row["assignee_ids"]),
        due=due,
    )
    return Task(
        row["workspace_id"],
        row["id"],
        row["project_id"],
        row["project_key"],
        row["number"],
        content,
        row["closed_at"],
        row["created_by_id"],
        row["version"],
        row["created_at"],
        row["updated_at"],
        row["deleted_at"],
        row["trashed_with"],
    )


PROJECTS = Mapping(
    Project,
    ProjectRow,
    ProjectView,
    lock_rank=30,
    represent=project_view,
    columns=PROJECT_COLUMNS,
    from_row=lambda row: Project(*row),
    constraints={"uq_projects_workspace_id_key": KeyTaken},
    visible=(table_of(ProjectRow).c.purged_at.is_(None),),
    leaves_tombstone=True,
)
TASKS = Mapping(
    Task,
    TaskRow,
    TaskView,
    lock_rank=40,
    represent=task_view,
    columns=TASK_COLUMNS,
    from_row=_task_from_row,
    to_row=_task_to_row,
    is_relied_on=False,
    allocation=Allocation(
        parent=PROJECTS,
        parent_id=lambda task: task.project_id,
        counters=("last_number",),
        number="number",
        columns=lambda project: {"number": project.c.last_number},
        fields=lambda project: {
            "number": project.c.last_number,
            "key": project.c.key.concat("-").concat(cast(project.c.last_number, Text)),
        },
    ),
)
