"""The bodies of project requests, and the commands that they become."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from taskhub.kernel.api.bodies import Body, Patch
from taskhub.kernel.api.types import Markdown, Name, NewId
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.contract.ids import new_id
from taskhub.tasks.api.bodies.types import Category, ProjectKey, StatusKey
from taskhub.tasks.application.projects.create_project import CreateProject
from taskhub.tasks.application.projects.set_workflow import SetWorkflow
from taskhub.tasks.domain.workflow import MAX_STATUSES, Status, Workflow


class NewProject(Body):
    id: NewId = Field(default_factory=new_id)
    key: ProjectKey
    name: Name
    description: Markdown | None = None

    def command(self, workspace_id: UUID, actor_id: UUID) -> CreateProject:
        return CreateProject(workspace_id, self.id, self.key, self.name, self.description, actor_id)


class ProjectPatch(Patch):
    name: Name = ""
    description: Markdown | None = None

    def changes(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}


class StatusBody(Body):
    """A status of a workflow. Its category never changes."""

    key: StatusKey
    name: Name
    category: Category


_EXAMPLE: dict[str, Any] = {
    "statuses": [
        {"key": "backlog", "name": "Backlog", "category": "todo"},
        {"key": "doing", "name": "Doing", "category": "in_progress"},
        {"key": "done", "name": "Done", "category": "done"},
    ],
    "transitions": {"backlog": ["doing"], "doing": ["backlog", "done"]},
    "status_map": {"todo": "backlog", "in_progress": "doing", "cancelled": "done"},
}


class WorkflowBody(Body):
    """A workflow as a whole. New tasks begin at its first status."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    statuses: Annotated[tuple[StatusBody, ...], Field(min_length=1, max_length=MAX_STATUSES)]
    transitions: dict[StatusKey, Annotated[tuple[StatusKey, ...], Field(max_length=MAX_STATUSES)]] | None
    status_map: dict[StatusKey, StatusKey] = Field(default_factory=dict)

    def command(self, workspace_id: UUID, project_id: UUID, expected: Expected) -> SetWorkflow:
        """Raises:
        ValidationFailed
        """
        statuses = tuple(Status(status.key, status.name, status.category) for status in self.statuses)
        workflow = Workflow.define(statuses, self.transitions)
        return SetWorkflow(workspace_id, project_id, workflow, self.status_map, expected)
