"""Who decides about whom in a workspace, and that it never loses its last owner."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from taskhub.kernel.domain.errors import NotFound
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.errors import LastOwner
from taskhub.workspaces.domain.member import Member
from taskhub.workspaces.domain.rights import require_may_manage


class Roster:
    """The members that a decision is about, with all owners of the workspace.

    They are loaded together while the workspace is locked: only then the number of owners is true until the commit.
    """

    def __init__(self, members: Iterable[Member]) -> None:
        self._members = {member.user_id: member for member in members if member.is_active}

    @property
    def has_owner(self) -> bool:
        return bool(self._owners())

    def member(self, user_id: UUID) -> Member:
        """Raises:
        NotFound
        """
        member = self._members.get(user_id)
        if member is None:
            raise NotFound
        return member

    def member_to_manage(self, user_id: UUID, *, by: UUID, giving: Role = Role.VIEWER) -> Member:
        """A member, for an actor who may change or remove them, and give the role that is to be given.

        Raises:
            NotFound
            NotAllowed
        """
        actor = self.member(by)
        require_may_manage(actor.role, giving)
        member = self.member(user_id)
        require_may_manage(actor.role, member.role)
        return member

    def change_role(self, member: Member, role: Role, now: datetime) -> None:
        """Raises:
        LastOwner
        """
        if role is not Role.OWNER:
            self._require_another_owner(member)
        member.change_role(role, now)

    def remove(self, member: Member, now: datetime) -> None:
        """Raises:
        LastOwner
        """
        self._require_another_owner(member)
        member.leave(now)

    def _require_another_owner(self, member: Member) -> None:
        if member.role is Role.OWNER and all(owner is member for owner in self._owners()):
            raise LastOwner

    def _owners(self) -> list[Member]:
        return [member for member in self._members.values() if member.role is Role.OWNER and member.is_active]
