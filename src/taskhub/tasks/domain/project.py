"""A project: the home, the numbering and the order of tasks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.tasks.domain.errors import ProjectArchived
from taskhub.tasks.domain.workflow import STANDARD, Workflow


@dataclass(eq=False)
class Project(Aggregate):
    entity_type: ClassVar[str] = "project"

    workspace_id: UUID
    id: UUID
    key: str
    name: str
    description: str | None
    workflow: Workflow
    archived_at: datetime | None
    created_by_id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    purged_at: datetime | None = None

    @classmethod
    def create(
        cls, *, workspace_id: UUID, id: UUID, key: str, name: str, description: str | None, created_by_id: UUID, now: datetime
    ) -> "Project":
        project = cls(workspace_id, id, key, name, description, STANDARD, None, created_by_id, 1, now, now, None)
        project._record("project.created")
        return project

    @property
    def stream_id(self) -> UUID:
        return self.workspace_id

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    def require_open(self) -> None:
        """Raises:
        ProjectArchived
        """
        if self.is_archived:
            raise ProjectArchived

    def update(self, *, name: str, description: str | None, now: datetime) -> None:
        self._change("project.updated", now, name=name, description=description)

    def set_workflow(
        self, workflow: Workflow, *, moves: Mapping[str, str], in_use: frozenset[str], now: datetime
    ) -> dict[str, str]:
        """Gives the project another workflow. Returns where tasks go whose status is no more; see `Workflow.succeed`.

        Raises:
            ValidationFailed
            StatusInUse
            ProjectArchived: tasks would have to move.
        """
        needed = workflow.check_replaces(self.workflow, moves, in_use)
        if needed:
            self.require_open()
        self._change("project.workflow_changed", now, workflow=workflow)
        return needed

    def archive(self, now: datetime) -> None:
        if not self.is_archived:
            self._change("project.archived", now, archived_at=now)

    def unarchive(self, now: datetime) -> None:
        self._change("project.unarchived", now, archived_at=None)

    def trash(self, now: datetime) -> None:
        self._change("project.trashed", now, deleted_at=now)

    def purge(self, now: datetime) -> None:
        """Empties a project that is gone for good. What is left keeps its key and its id from being given again."""
        self._change("project.purged", now, name="", description=None, workflow=STANDARD, purged_at=now)

    def restore(self, now: datetime) -> None:
        self._change("project.restored", now, deleted_at=None)
