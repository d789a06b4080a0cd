"""The types of events of all modules, in one place for those who need to see them together: the reference and tests."""

from taskhub.kernel.application.event_types import event_types
from taskhub.tasks.application.events import EVENTS as _TASKS
from taskhub.users.application.events import EVENTS as _USERS
from taskhub.workspaces.application.events import EVENTS as _WORKSPACES

EVENT_TYPES = event_types({"users": _USERS, "workspaces": _WORKSPACES, "tasks": _TASKS})
