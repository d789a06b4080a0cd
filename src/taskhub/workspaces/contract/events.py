"""The events of this module that other modules may react to.

All of them stand in the log of their workspace: ``stream_id`` is the workspace's id. An event of a member has ``entity_type``
``"member"``; `user_of` tells whose.
"""

from uuid import UUID

from taskhub.kernel.contract.events import Event
from taskhub.kernel.contract.ids import source_id


def user_of(event: Event) -> UUID:
    """The user whose membership an event is about."""
    return source_id(event.entity_id)


MEMBER_JOINED = "member.joined"
MEMBER_UPDATED = "member.updated"
"""The role changed."""
MEMBER_REMOVED = "member.removed"
"""Removed, left, or closed the account. Someone who comes back is another `MEMBER_JOINED`, with the next version."""

WORKSPACE_UPDATED = "workspace.updated"
"""The name or the time zone changed."""
WORKSPACE_DELETED = "workspace.deleted"
"""Nobody gets at the workspace any more; an operator may still restore it."""
