"""The bodies of requests, and the commands that they become."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from taskhub.kernel.api.bodies import Body, Patch
from taskhub.kernel.api.types import Instant, NewId, Title
from taskhub.kernel.contract.ids import new_id

from taskhub_time_tracking.api.types import TaskIdOrKey
from taskhub_time_tracking.application.start_time_entry import StartTimeEntry

_NOT_GIVEN = datetime.min.replace(tzinfo=UTC)
"""A member of a patch that is missing. Nobody reads it: `changes` has only what was sent."""


class NewTimeEntry(Body):
    id: NewId = Field(default_factory=new_id)
    task_id: TaskIdOrKey
    note: Title | None = None

    def command(self, workspace_id: UUID, actor_id: UUID) -> StartTimeEntry:
        return StartTimeEntry(workspace_id, self.id, self.task_id, self.note, actor_id)


class TimeEntryPatch(Patch):
    """A merge patch: a field that is absent stays as it is."""

    note: Title | None = None
    started_at: Instant = _NOT_GIVEN
    stopped_at: Instant = _NOT_GIVEN

    def changes(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}
