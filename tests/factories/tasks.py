"""Projects and tasks for tests: valid unless told otherwise."""

from datetime import UTC, datetime
from uuid import uuid4

import factory

from taskhub.kernel.contract.ids import new_id
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Content, Task

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
    description = None
    archived_at = None
    created_by_id = factory.LazyFunction(uuid4)
    version = 1
    created_at = NOW
    updated_at = NOW
    deleted_at = None


class ContentFactory(factory.Factory[Content]):
    class Meta:
        model = Content

    title = factory.Sequence(lambda n: f"Task {n}")


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
    closed_at = None
    created_by_id = factory.LazyFunction(uuid4)
    version = 1
    created_at = NOW
    updated_at = NOW
    deleted_at = None
    trashed_with = None


class NewTaskBody(factory.DictFactory):
    """The body of a `POST …/tasks`; give it a `project_id`."""

    title = factory.Sequence(lambda n: f"Task {n}")
    project_id = factory.LazyFunction(lambda: str(uuid4()))
