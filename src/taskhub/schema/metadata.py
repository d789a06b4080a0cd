"""The tables of all modules as one SQLAlchemy metadata, for migrations and tests."""

from taskhub.kernel.infrastructure.event_log import tables as _kernel
from taskhub.kernel.infrastructure.postgres.rows import Row
from taskhub.tasks.infrastructure import rows as _tasks
from taskhub.users.infrastructure import rows as _users
from taskhub.workspaces.infrastructure import rows as _workspaces

TABLES = (_kernel, _users, _workspaces, _tasks)
metadata = Row.metadata
