"""A process that runs one subscriber until it is killed: ``python subscriber_process.py DATABASE_URL``."""

import asyncio
import sys
from typing import Any

from sqlalchemy import BigInteger, Uuid, bindparam, column, table
from sqlalchemy.dialects.postgresql import insert

from taskhub.kernel.application.clock import Clock, Monotonic, system_clock, system_monotonic
from taskhub.kernel.application.runner import Runner
from taskhub.kernel.contract.events import Event
from taskhub.kernel.infrastructure.event_log.command_log import SqlCommandLog
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.event_log.subscriptions import Subscription
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork

TYPE = "test.happened"
_RECORD = Statement(
    insert(table("handled", column("stream_id"), column("seq"))).values(
        stream_id=bindparam("stream_id", type_=Uuid()), seq=bindparam("seq", type_=BigInteger())
    )
)


class RecordingSubscriber:
    """Writes down what it was called with, in the transaction that it was called in."""

    name = "test.note_taker"
    types = frozenset({TYPE})

    async def handle(self, event: Event, uow: Any) -> bool:
        await uow.write(_RECORD, {"stream_id": event.stream_id, "seq": event.seq})
        return True


def subscription(
    database: Database, subscriber: Any, clock: Clock = system_clock, monotonic: Monotonic = system_monotonic
) -> Subscription:
    notifier = EventNotifier()
    runner: Runner[SqlUnitOfWork] = Runner(
        lambda attempt: SqlUnitOfWork(database, notifier, attempt), SqlCommandLog(database, ()), clock
    )
    return Subscription(subscriber, runner, database, notifier, clock, monotonic)


async def main(url: str) -> None:
    database = Database(url, pool_size=4)
    await database.open()
    await subscription(database, RecordingSubscriber()).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
