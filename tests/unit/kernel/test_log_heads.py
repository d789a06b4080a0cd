"""The head of a log, looked up once for all who ask at the same time."""

import asyncio
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.infrastructure.event_log.log_head import NO_LOG, SqlLogHeads
from taskhub.kernel.infrastructure.postgres.database import Database

HERE, THERE, NOWHERE = uuid4(), uuid4(), uuid4()
SECONDS = 10


class SlowDatabase:
    """Answers each look when it is told to, by what stood in the logs when the look began."""

    def __init__(self) -> None:
        self.heads = {HERE: "1", THERE: "7"}
        self.looks: list[set[UUID]] = []
        self.may_answer = asyncio.Event()
        self.error: Exception | None = None

    async def fetch(self, statement: Any, parameters: dict[str, Any]) -> list[tuple[UUID, str]]:
        self.looks.append(set(parameters["stream_ids"]))
        found = [(id, head) for id, head in self.heads.items() if id in parameters["stream_ids"]]
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        return found


@pytest.fixture
def database() -> SlowDatabase:
    return SlowDatabase()


@pytest.fixture
def heads(database: SlowDatabase) -> SqlLogHeads:
    return SqlLogHeads(cast("Database", database))


async def until_looks(database: SlowDatabase, count: int) -> None:
    async with asyncio.timeout(SECONDS):
        while len(database.looks) < count:
            await asyncio.sleep(0)


async def test_those_who_ask_at_once_share_a_look(database: SlowDatabase, heads: SqlLogHeads) -> None:
    database.may_answer.set()
    asked = [HERE, THERE, HERE, NOWHERE, HERE]
    assert await asyncio.gather(*map(heads.head, asked)) == ["1", "7", "1", NO_LOG, "1"]
    assert database.looks == [{HERE, THERE, NOWHERE}]


async def test_who_asks_during_a_look_is_given_what_the_next_one_finds(database: SlowDatabase, heads: SqlLogHeads) -> None:
    first = asyncio.create_task(heads.head(HERE))
    await until_looks(database, 1)
    database.heads[HERE] = "2"
    second = asyncio.create_task(heads.head(HERE))
    await asyncio.sleep(0)
    database.may_answer.set()
    assert (await first, await second) == ("1", "2")
    assert len(database.looks) == 2


async def test_a_look_that_fails_fails_for_all_and_the_next_one_may_succeed(database: SlowDatabase, heads: SqlLogHeads) -> None:
    database.error = Unavailable("away")
    database.may_answer.set()
    answers = await asyncio.gather(heads.head(HERE), heads.head(HERE), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable, Unavailable]
    database.error = None
    assert await heads.head(HERE) == "1"


async def test_who_goes_away_takes_the_look_from_nobody(database: SlowDatabase, heads: SqlLogHeads) -> None:
    gone, waiting = asyncio.create_task(heads.head(HERE)), asyncio.create_task(heads.head(HERE))
    await until_looks(database, 1)
    gone.cancel()
    await asyncio.wait([gone], timeout=SECONDS)
    database.may_answer.set()
    assert await waiting == "1"
    assert gone.cancelled()
