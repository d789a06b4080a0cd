"""The events of this module that other modules may react to.

They are in the log of their workspace: ``stream_id`` is the id of the workspace. Events of members have the ``entity_type``
``"member"``; `user_of` returns the id of the user.
"""

from uuid import UUID

from taskhub.kernel.contract.events import Event
from taskhub.kernel.contract.ids import source_id


def user_of(event: Event) -> UUID:
    """The user whose membership changed."""
    return source_id(event.entity_id)


MEMBER_JOINED = "member.joined"
MEMBER_UPDATED = "member.updated"
"""The role changed."""
MEMBER_REMOVED = "member.removed"
"""The member was removed, left, or closed the account. A user who joins again is another `MEMBER_JOINED` with the next version.
"""

WORKSPACE = "workspace"
"""The ``entity_type`` of events of the workspace itself, whose id is that of the log."""
WORKSPACE_UPDATED = "workspace.updated"
"""The name or the time zone changed."""
WORKSPACE_DELETED = "workspace.deleted"
WORKSPACE_RESTORED = "workspace.restored"
"""The workspace was deleted. An operator can still restore it."""
