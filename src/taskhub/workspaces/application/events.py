"""Every type of event that this module appends."""

from collections.abc import Mapping

from taskhub.kernel.application.event_types import event_content, last_event_content
from taskhub.kernel.contract.event_content import EventContent
from taskhub.kernel.contract.events import WORKSPACE_PURGED
from taskhub.workspaces.application.views import InvitationView, MemberView, WorkspaceView
from taskhub.workspaces.contract.events import (
    MEMBER_JOINED,
    MEMBER_REMOVED,
    MEMBER_UPDATED,
    WORKSPACE_DELETED,
    WORKSPACE_RESTORED,
    WORKSPACE_UPDATED,
)

EVENTS: Mapping[str, type[EventContent]] = {
    "workspace.created": event_content("The workspace was made.", WorkspaceView),
    WORKSPACE_UPDATED: event_content("Its name or time zone was changed.", WorkspaceView),
    WORKSPACE_DELETED: event_content("It was deleted. An operator can restore it.", WorkspaceView, only=()),
    WORKSPACE_RESTORED: event_content("An operator restored it.", WorkspaceView, only=()),
    WORKSPACE_PURGED: last_event_content("It is gone for good: the last event of its log."),
    MEMBER_JOINED: event_content("Somebody became a member, or came back.", MemberView),
    MEMBER_UPDATED: event_content("A member got another role.", MemberView, only=("role",)),
    MEMBER_REMOVED: event_content("A member was removed, left, or closed the account.", MemberView, only=("role", "left_at")),
    "invitation.created": event_content("An invitation was made.", InvitationView),
    "invitation.accepted": event_content("Somebody became a member by it.", InvitationView, only=()),
    "invitation.revoked": event_content("It was taken back.", InvitationView, only=()),
}
