"""The address of a running server."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

USER = "taskhub"
DATABASE = "taskhub"


@dataclass(frozen=True)
class Address:
    """Host, port and password of a running server. `host` is a socket folder, on Windows an IP address."""

    host: str
    port: int
    password: str = field(repr=False)

    def url(self, database: str = DATABASE) -> str:
        """The database as a SQLAlchemy URL; without `+asyncpg` it is a DSN for `asyncpg.connect`."""
        login = f"{USER}:{quote(self.password, safe='')}"
        place = f"host={quote(self.host, safe='')}&port={self.port}"
        return f"postgresql+asyncpg://{login}@/{quote(database, safe='')}?{place}"
