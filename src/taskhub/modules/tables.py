"""All tables, in one place for those who need to see them together: migrations and tests."""

from taskhub.kernel.infrastructure.postgres.rows import Row
from taskhub.modules.discovery import installed_modules

installed_modules()
metadata = Row.metadata
"""Of the kernel and of all modules that are installed."""
