"""The bodies of workspace, member and invitation requests."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, WithJsonSchema

from taskhub.kernel.api.bodies import Body, Patch
from taskhub.kernel.api.types import Instant, Name, NewId, TimeZone
from taskhub.kernel.contract.ids import new_id
from taskhub.workspaces.application.create_workspace import CreateWorkspace
from taskhub.workspaces.application.views import ROLE
from taskhub.workspaces.contract.access import Role

RoleKey = Annotated[Literal["viewer", "member", "admin", "owner"], WithJsonSchema(ROLE)]


class NewWorkspace(Body):
    id: NewId = Field(default_factory=new_id)
    name: Name
    time_zone: TimeZone = "UTC"

    def command(self, owner_id: UUID) -> CreateWorkspace:
        return CreateWorkspace(self.id, self.name, self.time_zone, owner_id)


class WorkspacePatch(Patch):
    """A merge patch: a field that is absent stays as it is."""

    name: Name = ""
    time_zone: TimeZone = "UTC"

    def changes(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.model_fields_set}


class MemberPatch(Patch):
    """A merge patch. Only the role can be changed."""

    role: RoleKey = "member"

    def new_role(self) -> Role | None:
        return Role.of(self.role) if "role" in self.model_fields_set else None


class NewInvitation(Body):
    id: NewId = Field(default_factory=new_id)
    role: RoleKey
    expires_at: Instant | None = None


class Acceptance(Body):
    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]
