"""Which roles may invite, change and remove members of which roles."""

from taskhub.kernel.domain.errors import NotAllowed
from taskhub.workspaces.contract.access import Role


def may_manage(actor: Role, subject: Role) -> bool:
    """Whether an actor may invite, change or remove a member with a role, or give this role.

    Owners may do this for all roles. Admins may do it for viewers and members, but not for other admins.
    """
    return actor is Role.OWNER or (actor is Role.ADMIN and subject < Role.ADMIN)


def require_may_manage(actor: Role, subject: Role) -> None:
    """Raises:
    NotAllowed
    """
    if may_manage(actor, subject):
        return
    if actor < Role.ADMIN:
        raise NotAllowed(f"You need the role admin to invite, change or remove others. Your role is {actor.key}.")
    raise NotAllowed("Only an owner may invite, change or remove admins and owners.")
