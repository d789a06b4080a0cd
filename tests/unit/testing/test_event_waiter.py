"""Waiting for an event: a database that does not answer at once is asked again."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from support.harness.waiting import PATIENCE_SECONDS, eventually
from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.testing.control.errors import EventNotSeen
from taskhub.testing.control.log import EventWaiter


class FakeDatabase:
    """Empty. ``errors``: what the next looks fail with."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.looks = 0

    async def fetch_row(self, _statement: Any, _parameters: Any) -> None:
        self.looks += 1
        if self.errors:
            raise self.errors.pop()

    async def fetch(self, _statement: Any, _parameters: Any) -> list[Any]:
        return []


async def first(database: Any, grown: asyncio.Event, seconds: float) -> None:
    waiter = EventWaiter(database, grown)
    async with waiter.running():
        await waiter.first(uuid4(), "task.created", entity_id=None, after=0, seconds=seconds)


@pytest.mark.parametrize("error", [Busy(), Unavailable()], ids=["busy", "unavailable"])
async def test_a_database_that_does_not_answer_has_not_said_that_there_is_none(error: Exception) -> None:
    database = FakeDatabase(error)
    with pytest.raises(EventNotSeen, match="there is no such workspace"):
        await first(database, asyncio.Event(), 0)
    assert database.errors == []


async def test_it_is_asked_again_when_the_log_grows() -> None:
    database, grown = FakeDatabase(Busy()), asyncio.Event()
    waiting = asyncio.create_task(first(database, grown, PATIENCE_SECONDS))
    for looks in (1, 2):
        await eventually(lambda: asyncio.sleep(0, database.looks >= looks))  # noqa: B023  # Awaited in the same turn.
        grown.set()
    await eventually(lambda: asyncio.sleep(0, database.looks >= 3))
    waiting.cancel()
