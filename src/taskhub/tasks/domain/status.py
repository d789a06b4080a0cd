"""Where a task stands."""

CATEGORIES = ("todo", "in_progress", "done", "cancelled")
CLOSED = frozenset({"done", "cancelled"})

STATUSES = {"todo": "todo", "in_progress": "in_progress", "done": "done", "cancelled": "cancelled"}
"""The category of each status that a project has from the start."""

FIRST_STATUS = "todo"
