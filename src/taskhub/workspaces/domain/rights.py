"""Which member may decide about which."""

from taskhub.kernel.domain.errors import NotAllowed
from taskhub.workspaces.contract.access import Role


def may_manage(actor: Role, subject: Role) -> bool:
    """Whether an actor may invite, change or remove someone who has a role, or is to get it.

    Owners handle everyone. Admins handle viewers and members, so they can neither make nor unmake one of their own kind.
    """
    return actor is Role.OWNER or (actor is Role.ADMIN and subject < Role.ADMIN)


def require_may_manage(actor: Role, subject: Role) -> None:
    """Raises:
    NotAllowed
    """
    if may_manage(actor, subject):
        return
    if actor < Role.ADMIN:
        raise NotAllowed(f"Inviting, changing and removing others takes the role admin; yours is {actor.key}.")
    raise NotAllowed("Only an owner may invite, change or remove admins and owners.")
