"""The bodies of label requests, and the commands that they become."""

from typing import Any
from uuid import UUID

from pydantic import Field

from taskhub.kernel.api.bodies import Body, Patch
from taskhub.kernel.api.types import Name, NewId
from taskhub.kernel.contract.ids import new_id
from taskhub.tasks.api.bodies.types import Color
from taskhub.tasks.application.labels.create_label import CreateLabel
from taskhub.tasks.domain.label import STANDARD_COLOR


class NewLabel(Body):
    id: NewId = Field(default_factory=new_id)
    name: Name
    color: Color = STANDARD_COLOR

    def command(self, workspace_id: UUID) -> CreateLabel:
        return CreateLabel(workspace_id, self.id, self.name, self.color)


class LabelPatch(Patch):
    name: Name = ""
    color: Color = ""

    def changes(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}
