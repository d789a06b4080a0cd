"""Takes back changes of a workspace. Members and invitations stay as they are."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from taskhub.kernel.application.reversal import Effect, Undo, Undoable, taken_back
from taskhub.kernel.contract.events import WORKSPACE_PURGED
from taskhub.workspaces.application.ports import WorkspaceRepository
from taskhub.workspaces.contract.access import MANAGE
from taskhub.workspaces.contract.events import (
    MEMBER_JOINED,
    MEMBER_REMOVED,
    MEMBER_UPDATED,
    WORKSPACE_DELETED,
    WORKSPACE_RESTORED,
    WORKSPACE_UPDATED,
)
from taskhub.workspaces.domain.workspace import Workspace

_OPERATOR = "A deleted workspace is restored by an operator."
_MEMBERS = "Who is a member is changed on purpose only."
_INVITATIONS = "Make a new invitation instead, or revoke the one that was made."

UNDO: Mapping[str, Undoable] = {
    "workspace.created": "Delete the workspace instead.",
    WORKSPACE_UPDATED: MANAGE,
    WORKSPACE_DELETED: _OPERATOR,
    WORKSPACE_RESTORED: _OPERATOR,
    WORKSPACE_PURGED: "What was deleted permanently stays so.",
    MEMBER_JOINED: _MEMBERS,
    MEMBER_UPDATED: _MEMBERS,
    MEMBER_REMOVED: _MEMBERS,
    "invitation.created": _INVITATIONS,
    "invitation.accepted": _MEMBERS,
    "invitation.revoked": _INVITATIONS,
}
"""What it takes to take back each type of event of this module."""


class WorkspacesReversal:
    def __init__(self, workspaces: Callable[[Any], WorkspaceRepository]) -> None:
        """``workspaces``: the repository over a unit of work."""
        self._workspaces = workspaces

    async def take_back(self, effects: Sequence[Effect], undo: Undo, uow: Any, /) -> None:
        workspace = await self._workspaces(uow).get(undo.stream_id)
        shown = undo.shown(workspace)
        for effect in effects:
            values, changed = taken_back(effect, shown)
            undo.conflicts.add(Workspace.entity_type, workspace.id, *changed)
            undo.conflicts.check()
            given = {name: getattr(workspace, name) for name in ("name", "time_zone")}
            workspace.change(**{**given, **values}, now=undo.now)
