"""Projects, tasks, labels and comments as rows."""

from collections.abc import Mapping as Dict
from functools import lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Text, Update, cast, func, literal_column, update
from sqlalchemy.sql.expression import FromClause

from taskhub.kernel.domain.texts import sort_key
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.unit_of_work.fields import Compound, Converted, Fields, Shown
from taskhub.kernel.infrastructure.unit_of_work.mapping import Claims, Guard, Mapping, ReplacedValues
from taskhub.tasks.application.views import (
    CommentView,
    DueView,
    LabelView,
    ProjectView,
    TaskView,
    WorkflowView,
    workflow_of,
    workflow_view,
)
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.domain.due import Due
from taskhub.tasks.domain.errors import KeyTaken, NameTaken
from taskhub.tasks.domain.label import Label
from taskhub.tasks.domain.priority import Priority
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.rank import at_end
from taskhub.tasks.domain.task import Task
from taskhub.tasks.domain.workflow import Workflow
from taskhub.tasks.infrastructure.rows import CommentRow, ExternalKeyRow, FormerPlaceRow, LabelRow, ProjectRow, TaskRow
from taskhub.tasks.infrastructure.task_lookup import digest_of

WORKSPACE_KEY = ("workspace_id", "id")
_KEYS_OF_PRIORITIES = tuple(priority.key for priority in Priority)


@lru_cache(maxsize=1024)
def workflow_view_of(text: str) -> WorkflowView:
    """A stored workflow. Most projects have the same: each text is read once."""
    return msgspec.json.decode(text, type=WorkflowView)


@lru_cache(maxsize=1024)
def _workflow_of(text: str) -> Workflow:
    return workflow_of(workflow_view_of(text))


def _text_of(workflow: Workflow) -> str:
    return msgspec.json.encode(workflow_view(workflow)).decode()


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

    def columns(self, project: FromClause) -> dict[str, ColumnElement[Any]]:
        return {"number": project.c.last_number, "rank": rank_at_end(project.c.last_place)}

    def fields(self, project: FromClause) -> dict[str, ColumnElement[Any]]:
        number = project.c.last_number
        return {"number": number, "key": project.c.key.concat("-").concat(cast(number, Text))}

    counters = ("last_number", "last_place")

    def count(self, task: Task, counters: dict[str, int]) -> None:
        for name in self.counters:
            counters[name] += 1
        task.number, task.rank = counters["last_number"], at_end(counters["last_place"])

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
    fields=Fields(
        stored={"workflow": Converted(load=_workflow_of, dump=_text_of, show=workflow_view_of)},
        computed={"sort_key": lambda project: sort_key(project.name)},
        foreign=frozenset({"last_number", "last_place"}),
    ),
    constraints={"uq_projects_workspace_id_key": KeyTaken},
    criteria=(table_of(ProjectRow).c.purged_at.is_(None),),
    leaves_tombstone=True,
)
ORDER = Guard(PROJECTS.table, (*PROJECTS.guard.match, "last_place"), is_weak=False, is_exclusive=True, increments="last_place")
"""The order of a project's tasks: whoever changes it counts a place further, also where a task goes to no place at the end."""

TASKS = Mapping(
    Task,
    TaskRow,
    TaskView,
    key=WORKSPACE_KEY,
    lock_rank=40,
    fields=Fields(
        part="content",
        stored={
            # A task without a number gets it, and its key, at commit.
            "number": Converted(absent=0),
            "priority": Converted(load=tuple(Priority), dump=int, show=_KEYS_OF_PRIORITIES),
            "due": Compound(
                Due,
                {"due_date": "date", "due_time": "time", "due_time_zone": "time_zone", "due_at": "at"},
                computed={"due_ends_at": "ends_at"},
            ),
        },
        shown={
            "key": Shown("{}-{}", ("project_key", "number")),
            "due": Shown(DueView, ("due_date", "due_time", "due_time_zone"), is_optional=True),
        },
        # It does not know its rank until it gets a new one.
        not_loaded=frozenset({"rank"}),
        given=("workspace_id",),
    ),
    is_guarded=False,
    update_expressions={"rank": func.coalesce},
    insert_step=NextInProject(),
    claims=Claims(table_of(ExternalKeyRow), ("workspace_id", "digest", "task_id"), "external_keys", digest_of),
    replaced=ReplacedValues(table_of(FormerPlaceRow), ("workspace_id", "task_id", "version", "rank"), "rank"),
)
LABELS = Mapping(
    Label,
    LabelRow,
    LabelView,
    key=WORKSPACE_KEY,
    lock_rank=28,
    fields=Fields(computed={"folded_name": attrgetter("folded_name"), "sort_key": attrgetter("sort_key")}),
    constraints={"uq_labels_workspace_id_folded_name": NameTaken},
)
COMMENTS = Mapping(
    Comment,
    CommentRow,
    CommentView,
    key=WORKSPACE_KEY,
    lock_rank=45,
    leaves_tombstone=True,
    is_guarded=False,
)
