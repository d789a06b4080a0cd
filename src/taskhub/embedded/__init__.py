"""A PostgreSQL of TaskHub's own: the binaries of a wheel, run in a data folder, shared by all processes that use it.

Each process that uses the server holds a shared lock on the data folder. The first one starts it, the others adopt it,
the last one stops it; a watchdog process does so for those that were killed.
"""

from taskhub.embedded.address import DATABASE, Address
from taskhub.embedded.backup import back_up, restore
from taskhub.embedded.binaries import tool
from taskhub.embedded.errors import EmbeddedPostgresError
from taskhub.embedded.server import EmbeddedPostgres

__all__ = ["DATABASE", "Address", "EmbeddedPostgres", "EmbeddedPostgresError", "back_up", "restore", "tool"]
