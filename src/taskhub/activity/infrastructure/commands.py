"""Reads the events of one command."""

from uuid import UUID

from taskhub.kernel.contract.events import LoggedEvent
from taskhub.kernel.infrastructure.event_log.command_events import read_command
from taskhub.kernel.infrastructure.postgres.database import Database


class SqlCommandReader:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, workspace_id: UUID, entity_id: UUID, version: int, *, limit: int) -> list[LoggedEvent]:
        return await read_command(self._database, workspace_id, entity_id, version, limit=limit)
