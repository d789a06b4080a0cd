"""The unit of work in which commands are taken back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from taskhub.kernel.application.reversal import Effect
from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.infrastructure.event_log.command_events import effects_of
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.unit_of_work.changes import encode
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork


class SqlUndoUnitOfWork(SqlUnitOfWork):
    def __init__(self, database: Database, notifier: EventNotifier, attempt: Attempt) -> None:
        super().__init__(database, notifier, attempt)
        self._mappings: dict[int, Mapping[Any]] = {}

    async def effects_of(self, workspace_id: UUID, seq: int) -> list[Effect]:
        return await effects_of(self, workspace_id, seq)

    def shown(self, aggregate: Aggregate) -> dict[str, Any]:
        if id(aggregate) not in self._mappings:
            self._mappings = {id(one.aggregate): one.mapping for one in self.identity_map.in_lock_order()}
        shown: dict[str, Any] = msgspec.json.decode(encode(self._mappings[id(aggregate)].represent(aggregate)))
        return shown

    def changed(self) -> Sequence[Aggregate]:
        return [one.aggregate for one in self.identity_map.in_lock_order() if one.aggregate.event is not None]
