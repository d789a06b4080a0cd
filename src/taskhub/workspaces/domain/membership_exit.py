"""What becomes of workspaces when a member's account closes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.errors import LastOwnerElsewhere
from taskhub.workspaces.domain.member import Member
from taskhub.workspaces.domain.workspace import Workspace


@dataclass(frozen=True, slots=True)
class MembershipExit:
    """A membership, and what its workspace would be without it."""

    workspace: Workspace
    member: Member
    has_other_owners: bool
    has_other_members: bool

    @property
    def leaves_no_owner(self) -> bool:
        """Whether others would be left without an owner. A workspace that is deleted already leaves nobody behind."""
        is_sole_owner = self.member.role is Role.OWNER and not self.has_other_owners
        return is_sole_owner and self.has_other_members and not self.workspace.is_deleted


def end_memberships(memberships: Sequence[MembershipExit], now: datetime) -> None:
    """Ends all memberships of a user; workspaces in which they are alone are deleted.

    Raises:
        LastOwnerElsewhere: nothing was changed.
    """
    ownerless = [membership.workspace.id for membership in memberships if membership.leaves_no_owner]
    if ownerless:
        raise LastOwnerElsewhere(ownerless)
    for membership in memberships:
        if not membership.has_other_members and not membership.workspace.is_deleted:
            membership.workspace.delete(now)
        membership.member.leave(now)
