"""What it takes to take back each type of event of this module: the right to do the opposite."""

from collections.abc import Mapping

from taskhub.kernel.application.reversal import Undoable
from taskhub.tasks.contract.events import (
    TASK_CREATED,
    TASK_MOVED,
    TASK_PURGED,
    TASK_RESTORED,
    TASK_TRASHED,
    TASK_UPDATED,
)
from taskhub.workspaces.contract.access import CONTRIBUTE, MANAGE

_GONE = "What was deleted permanently stays so."

UNDO: Mapping[str, Undoable] = {
    "project.created": MANAGE,
    "project.updated": CONTRIBUTE,
    "project.workflow_changed": CONTRIBUTE,
    "project.archived": MANAGE,
    "project.unarchived": MANAGE,
    "project.trashed": MANAGE,
    "project.restored": MANAGE,
    "project.purged": _GONE,
    TASK_CREATED: CONTRIBUTE,
    TASK_UPDATED: CONTRIBUTE,
    TASK_MOVED: CONTRIBUTE,
    TASK_TRASHED: CONTRIBUTE,
    TASK_RESTORED: CONTRIBUTE,
    TASK_PURGED: _GONE,
    "label.created": MANAGE,
    "label.updated": CONTRIBUTE,
    "label.deleted": CONTRIBUTE,
    "label.restored": MANAGE,
    "comment.created": CONTRIBUTE,
    "comment.updated": CONTRIBUTE,
    "comment.deleted": CONTRIBUTE,
    "comment.restored": CONTRIBUTE,
}
