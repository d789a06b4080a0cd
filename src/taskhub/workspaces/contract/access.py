"""Roles and access rights."""

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

from taskhub.kernel.contract.access import Access
from taskhub.kernel.contract.caller import Scope


class Role(IntEnum):
    """The role of a member. Each role includes the rights of the lower ones."""

    VIEWER = 1
    MEMBER = 2
    ADMIN = 3
    OWNER = 4

    @property
    def key(self) -> str:
        """The name of the role in the API."""
        return self.name.lower()

    @classmethod
    def of(cls, key: str) -> "Role":
        return cls[key.upper()]


@dataclass(frozen=True, slots=True)
class WorkspaceAccess(Access):
    """Access to the workspace in the path. Requires a credential with this scope and a member with this role."""

    stream_parameter: ClassVar[str] = "workspace_id"

    role: Role

    @property
    def refuses_known_callers(self) -> bool:
        """Whoever can see the workspace at all is at least a viewer. For others it does not exist."""
        return self.role > Role.VIEWER

    @property
    def in_words(self) -> str:
        higher = " or higher" if self.role < max(Role) else ""
        scope = self.scope.name.lower()
        return f"Requires the role `{self.role.key}`{higher} in the workspace. API tokens need the scope `{scope}`."


@dataclass(frozen=True, slots=True)
class Grant:
    """The role of a user in a workspace, and the time zone of the workspace (an IANA name), the default for dates.

    A request to a route with `WorkspaceAccess` has it as its ``grant``.
    """

    role: Role
    time_zone: str


READ = WorkspaceAccess(Scope.READ, Role.VIEWER)
LEAVE = WorkspaceAccess(Scope.WRITE, Role.VIEWER)
CONTRIBUTE = WorkspaceAccess(Scope.WRITE, Role.MEMBER)
MANAGE = WorkspaceAccess(Scope.ADMIN, Role.ADMIN)
OWN = WorkspaceAccess(Scope.ADMIN, Role.OWNER)
