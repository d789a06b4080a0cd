"""On Citus, processes tell each other that logs have grown by a number on the coordinator: a look at the logs themselves asks for
each part of the table on the nodes.
"""

import asyncio

import structlog
from sqlalchemy import Sequence, column, select, table

from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier, Growth
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement

EXCHANGE_SECONDS = 0.5

log = structlog.get_logger("taskhub.hints")

_GROWTH = Sequence("log_growth")
_TELL = Statement(select(_GROWTH.next_value()))
_HEAR = Statement(select(column("last_value")).select_from(table(_GROWTH.name)))


class GrowthHints:
    """Tells what this process commits, and wakes those who wait here for what others commit. Only a hint: it is lost where a
    process is killed between a commit and telling it.
    """

    def __init__(self, database: Database, notifier: EventNotifier) -> None:
        self._database = database
        self._notifier = notifier
        self._has_grown = False
        self._heard: int | None = None
        notifier.watch(self._note)

    def _note(self, growth: Growth) -> None:
        self._has_grown = True

    async def run(self) -> None:
        """Works until cancelled, where tables are distributed. A database that is away is waited for."""
        while True:
            await asyncio.sleep(EXCHANGE_SECONDS)
            if self._database.is_distributed:
                try:
                    await self.exchange()
                except (Unavailable, Busy):
                    log.warning("the database does not answer")

    async def exchange(self) -> None:
        """Tells and hears, in one statement.

        Raises:
            Unavailable, Busy
        """
        tells, self._has_grown = self._has_grown, False
        try:
            [(number,)] = await self._database.fetch(_TELL if tells else _HEAR, {})
        except BaseException:
            self._has_grown |= tells
            raise
        if self._heard is None or number != self._heard + tells:
            self._notifier.wake()
        self._heard = number
