"""Projects, tasks, labels and comments as rows."""

from collections.abc import Mapping as Dict
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Text, Update, cast, func, literal_column, update
from sqlalchemy.sql.expression import CTE

from taskhub.kernel.domain.texts import sort_key
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping
from taskhub.tasks.application.views import (
    CommentView,
    LabelView,
    ProjectView,
    TaskView,
    WorkflowView,
    comment_view,
    label_view,
    project_view,
    task_view,
    workflow_view,
)
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.domain.due import Due
from taskhub.tasks.domain.errors import KeyTaken, NameTaken
from taskhub.tasks.domain.label import Label
from taskhub.tasks.domain.priority import Priority
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Content, Task
from taskhub.tasks.domain.workflow import Status, Workflow
from taskhub.tasks.infrastructure.rows import CommentRow, LabelRow, ProjectRow, TaskRow

PROJECT_COLUMNS = (
    "workspace_id",
    "id",
    "key",
    "name",
    "sort_key",
    "description",
    "workflow",
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
    "label_ids",
    "parent_id",
    "blocked_by_ids",
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
    "rank",
)
LABEL_COLUMNS = ("workspace_id", "id", "name", "folded_name", "sort_key", "color", "version", "created_at", "updated_at")
COMMENT_COLUMNS = (
    "workspace_id",
    "id",
    "task_id",
    "author_id",
    "body",
    "mentioned_ids",
    "edited_at",
    "version",
    "created_at",
    "updated_at",
    "deleted_at",
)
WORKSPACE_KEY = ("workspace_id", "id")
_TASK_WIDTH = TASK_COLUMNS.index("rank")
"""A task is made of these: it does not know its rank until it gets a new one."""
_NO_DUE = (None, None, None, None, None)
_PRIORITIES = tuple(Priority)


def _label_from_row(row: Any) -> Label:
    workspace_id, id, name, _, _, *others = row
    return Label(workspace_id, id, name, *others)


def _comment_from_row(row: Any) -> Comment:
    workspace_id, id, task_id, author_id, body, mentioned_ids, *others = row
    return Comment(workspace_id, id, task_id, author_id, body, tuple(mentioned_ids), *others)


@lru_cache(maxsize=1024)
def workflow_view_of(text: str) -> WorkflowView:
    """A stored workflow. Most projects have the same: each text is read once."""
    return msgspec.json.decode(text, type=WorkflowView)


@lru_cache(maxsize=1024)
def _workflow_of(text: str) -> Workflow:
    view = workflow_view_of(text)
    statuses = tuple(Status(status.key, status.name, status.category) for status in view.statuses)
    transitions = view.transitions
    return Workflow(statuses, None if transitions is None else {key: tuple(to) for key, to in transitions.items()})


def _project_to_row(project: Project) -> tuple[Any, ...]:
    return (
        project.workspace_id,
        project.id,
        project.key,
        project.name,
        sort_key(project.name),
        project.description,
        msgspec.json.encode(workflow_view(project.workflow)).decode(),
        project.archived_at,
        project.created_by_id,
        project.version,
        project.created_at,
        project.updated_at,
        project.deleted_at,
        project.purged_at,
    )


def _project_from_row(row: Any) -> Project:
    workspace_id, id, key, name, _, description, workflow, *others = row
    return Project(workspace_id, id, key, name, description, _workflow_of(workflow), *others)


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
        content.label_ids,
        content.parent_id,
        content.blocked_by_ids,
        *((due.date, due.time, due.time_zone, due.at, due.ends_at) if due else _NO_DUE),
        task.closed_at,
        task.created_by_id,
        task.version,
        task.created_at,
        task.updated_at,
        task.deleted_at,
        task.trashed_with,
        task.rank,
    )


def _task_from_row(row: Any) -> Task:
    """By position, because batches are made of many."""
    (
        workspace_id,
        id,
        project_id,
        project_key,
        number,
        title,
        description,
        status,
        status_category,
        priority,
        assignee_ids,
        label_ids,
        parent_id,
        blocked_by_ids,
        due_date,
        due_time,
        due_time_zone,
        due_at,
        _,
        *others,
    ) = row[:_TASK_WIDTH]
    content = Content(
        title=title,
        description=description,
        status=status,
        priority=_PRIORITIES[priority],
        assignee_ids=tuple(assignee_ids),
        due=None if due_date is None else Due(due_date, due_time, due_time_zone, due_at),
        label_ids=tuple(label_ids),
        parent_id=parent_id,
        blocked_by_ids=tuple(blocked_by_ids),
    )
    return Task(workspace_id, id, project_id, project_key, number, content, status_category, *others)


class NextInProject:
    """A new task gets the next number of its project, and stands at its end."""

    @property
    def parent(self) -> Mapping[Project]:
        return PROJECTS

    def is_needed(self, task: Task) -> bool:
        return task.number is None

    def parent_key(self, task: Task) -> tuple[UUID, UUID]:
        return task.workspace_id, task.project_id

    def update(self) -> Update:
        project = PROJECTS.table.c
        return update(PROJECTS.table).values(last_number=project.last_number + 1, last_place=project.last_place + 1)

    def columns(self, project: CTE) -> dict[str, ColumnElement[Any]]:
        return {"number": project.c.last_number, "rank": rank_at_end(project.c.last_place)}

    def fields(self, project: CTE) -> dict[str, ColumnElement[Any]]:
        number = project.c.last_number
        return {"number": number, "key": project.c.key.concat("-").concat(cast(number, Text))}

    def complete(self, task: Task, fields: Dict[str, Any]) -> None:
        task.number = fields["number"]


def rank_at_end(place: ColumnElement[int]) -> ColumnElement[str]:
    """As `rank.at_end`, in SQL."""
    return literal_column("'i'", Text()).concat(func.lpad(cast(place, Text), 9, "0"))


PROJECTS = Mapping(
    Project,
    ProjectRow,
    ProjectView,
    key=WORKSPACE_KEY,
    lock_rank=30,
    represent=project_view,
    columns=PROJECT_COLUMNS,
    from_row=_project_from_row,
    to_row=_project_to_row,
    constraints={"uq_projects_workspace_id_key": KeyTaken},
    criteria=(table_of(ProjectRow).c.purged_at.is_(None),),
    leaves_tombstone=True,
)
TASKS = Mapping(
    Task,
    TaskRow,
    TaskView,
    key=WORKSPACE_KEY,
    lock_rank=40,
    represent=task_view,
    columns=TASK_COLUMNS,
    from_row=_task_from_row,
    to_row=_task_to_row,
    is_guarded=False,
    update_expressions={"rank": func.coalesce},
    insert_step=NextInProject(),
)
LABELS = Mapping(
    Label,
    LabelRow,
    LabelView,
    key=WORKSPACE_KEY,
    lock_rank=28,
    represent=label_view,
    columns=LABEL_COLUMNS,
    from_row=_label_from_row,
    constraints={"uq_labels_workspace_id_folded_name": NameTaken},
)
COMMENTS = Mapping(
    Comment,
    CommentRow,
    CommentView,
    key=WORKSPACE_KEY,
    lock_rank=45,
    represent=comment_view,
    columns=COMMENT_COLUMNS,
    from_row=_comment_from_row,
    leaves_tombstone=True,
    is_guarded=False,
)
