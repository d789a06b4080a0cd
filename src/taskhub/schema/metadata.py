"""All tables, in one place for those who need to see them together: migrations and tests."""

from taskhub.kernel.infrastructure.event_log import tables as _kernel
from taskhub.kernel.infrastructure.postgres.rows import Row
from taskhub.tasks.infrastructure import rows as _tasks
from taskhub.users.infrastructure import rows as _users
from taskhub.workspaces.infrastructure import rows as _workspaces

TABLES = (_kernel, _users, _workspaces, _tasks)
metadata = Row.metadata
