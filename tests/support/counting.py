"""Counting what a request asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from taskhub.kernel.infrastructure.database import Database

BACKGROUND = ("subscriptions", "SET last_used_at", "AS anon_1(stream_id, after, until)")
"""What the work beside the requests asks, whenever it likes."""


class RoundTrips(list[str]):
    def append(self, sql: str) -> None:
        if not any(mark in sql for mark in BACKGROUND):
            super().append(sql)


@contextmanager
def counted(database: Database) -> Iterator[RoundTrips]:
    """The round trips of requests, as they are made."""
    database.round_trips = round_trips = RoundTrips()
    try:
        yield round_trips
    finally:
        database.round_trips = None
