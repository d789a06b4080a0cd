"""An embedded PostgreSQL: the binaries of a wheel, run in a data folder, shared by all processes that use it.

Each process that uses the server holds a shared lock on the data folder. The first one starts it, the others adopt it,
the last one stops it. If the last one is killed, a watchdog process stops it.
"""

from taskhub.embedded.address import DATABASE, Address
from taskhub.embedded.backup import back_up, restore
from taskhub.embedded.binaries import tool
from taskhub.embedded.errors import EmbeddedPostgresError
from taskhub.embedded.placement import make_data_dir
from taskhub.embedded.removal import remove
from taskhub.embedded.server import EmbeddedPostgres

__all__ = [
    "DATABASE",
    "Address",
    "EmbeddedPostgres",
    "EmbeddedPostgresError",
    "back_up",
    "make_data_dir",
    "remove",
    "restore",
    "tool",
]
