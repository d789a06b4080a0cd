"""Every type of event that this module appends."""

from collections.abc import Mapping

from taskhub.kernel.application.event_types import event_content, last_event_content
from taskhub.kernel.contract.event_content import EventContent
from taskhub.tasks.application.views import CommentView, LabelView, ProjectView, TaskView
from taskhub.tasks.contract.events import (
    TASK_CREATED,
    TASK_MOVED,
    TASK_PURGED,
    TASK_RESTORED,
    TASK_TRASHED,
    TASK_UPDATED,
    TaskEvent,
)

# An undo has one event for each thing. Where it takes several changes back, that is named after the first of these: the trash,
# the archive, a move, the workflow, other members.
_WORKFLOW = ("name", "description", "workflow")
_ARCHIVE = (*_WORKFLOW, "archived_at")
_TRASH = (*_ARCHIVE, "deleted_at")

EVENTS: Mapping[str, type[EventContent]] = {
    "project.created": event_content("A project was made.", ProjectView),
    "project.updated": event_content("Its name or description was changed.", ProjectView),
    "project.workflow_changed": event_content("It got another workflow.", ProjectView, only=_WORKFLOW),
    "project.archived": event_content("It went to the archive.", ProjectView, only=_ARCHIVE),
    "project.unarchived": event_content("It came back from the archive.", ProjectView, only=_ARCHIVE),
    "project.trashed": event_content("It went to the trash, and its tasks with it.", ProjectView, only=_TRASH),
    "project.restored": event_content("It came back from the trash.", ProjectView, only=_TRASH),
    "project.purged": last_event_content("It is gone for good."),
    TASK_CREATED: event_content("A task was made.", TaskView, TaskEvent),
    TASK_UPDATED: event_content("A task was changed.", TaskView, TaskEvent),
    TASK_MOVED: event_content("It got another place in its project, or went over to another one.", TaskView, TaskEvent),
    TASK_TRASHED: event_content("It went to the trash.", TaskView, TaskEvent),
    TASK_RESTORED: event_content("It came back from the trash.", TaskView, TaskEvent),
    TASK_PURGED: last_event_content("It is gone for good.", TaskEvent),
    "label.created": event_content("A label was made.", LabelView),
    "label.updated": event_content("Its name or color was changed.", LabelView),
    "label.deleted": last_event_content("It is gone, and comes off its tasks."),
    "label.restored": event_content("Its deletion was undone.", LabelView),
    "comment.created": event_content("A comment was written.", CommentView),
    "comment.updated": event_content("Its author changed it.", CommentView),
    "comment.deleted": last_event_content("It is gone."),
    "comment.restored": event_content("Its deletion was undone.", CommentView, only=("body", "mentioned_ids", "edited_at")),
}
