"""Roles, and the rights that follow from them."""

from dataclasses import dataclass
from enum import IntEnum

from taskhub.kernel.contract.access import Access
from taskhub.kernel.contract.caller import Scope


class Role(IntEnum):
    """What a member may do. Each role may do all that those below it may."""

    VIEWER = 1
    MEMBER = 2
    ADMIN = 3
    OWNER = 4

    @property
    def key(self) -> str:
        """The role as clients know it."""
        return self.name.lower()

    @classmethod
    def of(cls, key: str) -> "Role":
        return cls[key.upper()]


@dataclass(frozen=True, slots=True)
class WorkspaceAccess(Access):
    """The right to do something in the workspace of the path: a credential of this scope, and a member of this role."""

    role: Role

    @property
    def refuses_known_callers(self) -> bool:
        """Viewers and above are all who may see the workspace at all: to others it is not there."""
        return self.role > Role.VIEWER

    @property
    def in_words(self) -> str:
        scope = self.scope.name.lower()
        return f"Needs the role `{self.role.key}` or a higher one in the workspace, and of a token the scope `{scope}`."


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody is in a workspace, and its time zone, an IANA name, in which dates are meant where nobody says another."""

    role: Role
    time_zone: str


READ = WorkspaceAccess(Scope.READ, Role.VIEWER)
LEAVE = WorkspaceAccess(Scope.WRITE, Role.VIEWER)
CONTRIBUTE = WorkspaceAccess(Scope.WRITE, Role.MEMBER)
MANAGE = WorkspaceAccess(Scope.ADMIN, Role.ADMIN)
OWN = WorkspaceAccess(Scope.ADMIN, Role.OWNER)
