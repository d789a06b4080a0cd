"""When to look for webhooks with something to do."""

import asyncio
import math
from collections.abc import Iterable
from datetime import datetime, timedelta

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.infrastructure.postgres.connection import Record
from taskhub.kernel.infrastructure.postgres.database import Database

POLL_SECONDS = 1.0
POLL_SECONDS_ON_NODES = 30.0
"""On Citus, where a look asks for each part of a table, if nobody tells of anything new and nothing is due before."""


class LookPacing:
    """On Citus a look comes when something is due or told, and not twice in a second; else once a second."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._looked_at = -math.inf
        self._due_at: datetime | None = None

    @property
    def is_seldom(self) -> bool:
        """Whether a look may be far away, unless it is asked for."""
        return self._database.is_distributed

    def begin(self) -> dict[str, datetime]:
        """Notes that a look begins. Returns what it asks for: what is due now, or before the next look that nobody asks for."""
        self._looked_at, now = asyncio.get_running_loop().time(), self._clock()
        return {"now": now, "until": now + timedelta(seconds=POLL_SECONDS_ON_NODES if self.is_seldom else 0)}

    def note(self, found: Iterable[Record]) -> None:
        """Takes from what a look found when the next delivery is due."""
        self._due_at = min((row["due_at"] for row in found if not row["is_ready"]), default=None)

    def rest(self) -> float:
        """The seconds until the next look, if nobody asks for it before."""
        if not self.is_seldom:
            return POLL_SECONDS
        until_due = POLL_SECONDS_ON_NODES if self._due_at is None else (self._due_at - self._clock()).total_seconds()
        return min(max(until_due, POLL_SECONDS), POLL_SECONDS_ON_NODES)

    def pause(self) -> float:
        """The seconds until there may be another look, whoever asks for it."""
        return max(self._looked_at + POLL_SECONDS - asyncio.get_running_loop().time(), 0) if self.is_seldom else 0
