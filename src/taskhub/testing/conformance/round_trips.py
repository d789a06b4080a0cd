"""Counts the round trips to the database."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from taskhub.background import TASK_NAME
from taskhub.kernel.infrastructure.postgres.database import Database


class RoundTrips(list[str]):
    """Round trips to the database, without those of the background work, which come at any time."""

    def append(self, sql: str) -> None:
        task = asyncio.current_task()
        if task is None or task.get_name() != TASK_NAME:
            super().append(sql)


@contextmanager
def recording_round_trips(database: Database) -> Iterator[RoundTrips]:
    """The round trips of requests, as they are made."""
    before, database.round_trips = database.round_trips, RoundTrips()
    try:
        yield database.round_trips
    finally:
        database.round_trips = before
