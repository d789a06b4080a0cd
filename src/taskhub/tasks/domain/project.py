"""Projects: they number and order their tasks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.tasks.contract.errors import ProjectArchived
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
    def create(cls, *, workspace_id: UUID, id: UUID, created_by_id: UUID, now: datetime, **values: Any) -> "Project":
        """``values``: what a client may set on a project, its key included."""
        project = cls(
            workspace_id=workspace_id,
            id=id,
            workflow=STANDARD,
            archived_at=None,
            created_by_id=created_by_id,
            version=1,
            created_at=now,
            updated_at=now,
            deleted_at=None,
            **values,
        )
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

    def update(self, *, now: datetime, **values: Any) -> None:
        """``values``: those that a client changes of what it may set, the key aside."""
        self._change("project.updated", now, **values)

    def set_workflow(
        self, workflow: Workflow, *, moves: Mapping[str, str], in_use: frozenset[str], now: datetime
    ) -> dict[str, str]:
        """Replaces the workflow. Returns the new status for each removed status that tasks have; see `Workflow.succeed`.

        Raises:
            ValidationFailed
            StatusInUse
            ProjectArchived: the status of tasks would have to change.
        """
        needed = workflow.check_replaces(self.workflow, moves, in_use)
        if needed:
            self.require_open()
        self._change("project.workflow_changed", now, workflow=workflow)
        return needed

    def archive(self, now: datetime, *, since: datetime | None = None) -> None:
        """``since``: when it was first, if it is to be as if it had never left the archive."""
        if not self.is_archived:
            self._change("project.archived", now, archived_at=since or now)

    def unarchive(self, now: datetime) -> None:
        self._change("project.unarchived", now, archived_at=None)

    def trash(self, now: datetime, *, since: datetime | None = None) -> None:
        """``since``: as in `archive`."""
        self._change("project.trashed", now, deleted_at=since or now)

    def purge(self, now: datetime) -> None:
        """Removes the content of a purged project. The row stays, so that the key and the id are not reused."""
        self._change("project.purged", now, name="", description=None, workflow=STANDARD, purged_at=now)

    def restore(self, now: datetime) -> None:
        self._change("project.restored", now, deleted_at=None)
