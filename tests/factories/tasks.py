"""Projects, tasks and what belongs to them for tests: valid unless told otherwise."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import factory

from taskhub.kernel.contract.ids import new_id
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.domain.label import STANDARD_COLOR, Label
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Content, Task
from taskhub.tasks.domain.workflow import STANDARD, Status, Workflow

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


class ProjectFactory(factory.Factory[Project]):
    """A project as it was loaded."""

    class Meta:
        model = Project

    workspace_id = factory.LazyFunction(uuid4)
    id = factory.LazyFunction(new_id)
    key = factory.Sequence(lambda n: f"P{n}")
    name = factory.Sequence(lambda n: f"Project {n}")
    description: Any = None
    workflow = STANDARD
    archived_at: Any = None
    created_by_id = factory.LazyFunction(uuid4)
    version = 1
    created_at = NOW
    updated_at = NOW
    deleted_at: Any = None


class ContentFactory(factory.Factory[Content]):
    class Meta:
        model = Content

    title = factory.Sequence(lambda n: f"Task {n}")
    status = "todo"


class TaskFactory(factory.Factory[Task]):
    """A task as it was loaded; give it a `project` to belong to."""

    class Meta:
        model = Task

    class Params:
        project = factory.SubFactory(ProjectFactory)

    workspace_id = factory.SelfAttribute("project.workspace_id")
    id = factory.LazyFunction(new_id)
    project_id = factory.SelfAttribute("project.id")
    project_key = factory.SelfAttribute("project.key")
    number = factory.Sequence(lambda n: n + 1)
    content = factory.SubFactory(ContentFactory)
    status_category = factory.LazyAttribute(lambda task: STANDARD.category_of(task.content.status))
    closed_at: Any = None
    created_by_id = factory.LazyFunction(uuid4)
    version = 1
    created_at = NOW
    updated_at = NOW
    deleted_at: Any = None
    trashed_with: Any = None


class LabelFactory(factory.Factory[Label]):
    """A label as it was loaded."""

    class Meta:
        model = Label

    workspace_id = factory.LazyFunction(uuid4)
    id = factory.LazyFunction(new_id)
    name = factory.Sequence(lambda n: f"Label {n}")
    color = STANDARD_COLOR
    version = 1
    created_at = NOW
    updated_at = NOW


class CommentFactory(factory.Factory[Comment]):
    """A comment as it was loaded."""

    class Meta:
        model = Comment

    workspace_id = factory.LazyFunction(uuid4)
    id = factory.LazyFunction(new_id)
    task_id = factory.LazyFunction(uuid4)
    author_id = factory.LazyFunction(uuid4)
    body = factory.Sequence(lambda n: f"Comment {n}")
    mentioned_ids: Any = ()
    edited_at: Any = None
    version = 1
    created_at = NOW
    updated_at = NOW


def workflow_of(*statuses: str, transitions: Mapping[str, tuple[str, ...]] | None = None) -> Workflow:
    """A workflow of statuses such as ``review:in_progress``: a key, and a category where that is not the same."""
    pairs = [status.partition(":") for status in statuses]
    return Workflow.define(tuple(Status(key, key.title(), category or key) for key, _, category in pairs), transitions)


class NewTaskBody(factory.DictFactory):
    """The body of a `POST …/tasks`; give it a `project_id`."""

    title = factory.Sequence(lambda n: f"Task {n}")
    project_id = factory.LazyFunction(lambda: str(uuid4()))
