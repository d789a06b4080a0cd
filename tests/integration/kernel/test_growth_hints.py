"""Processes tell each other that logs have grown, without a look at the logs."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from support.harness.database_proxy import DatabaseProxy
from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.infrastructure.event_log.growth_hints import GrowthHints
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.postgres.database import Database

WANTED, OTHER = "test.wanted", "test.other"


class Process:
    def __init__(self, database: Database) -> None:
        self._notifier = EventNotifier()
        self.hints = GrowthHints(database, self._notifier)
        self._woken = self._notifier.listen({WANTED})

    def commit(self) -> None:
        self._notifier.notify({OTHER}, {uuid4(): None})

    async def is_woken(self) -> bool:
        """Whether what it hears now wakes who waits there."""
        self._woken.clear()
        await self.hints.exchange()
        return self._woken.is_set()


@pytest.fixture
async def proxy(own_url: str) -> AsyncIterator[DatabaseProxy]:
    async with DatabaseProxy(own_url).running() as proxy:
        yield proxy


@pytest.fixture
async def own_database(proxy: DatabaseProxy) -> AsyncIterator[Database]:
    async with Database(proxy.url, pool_size=1).opened() as database:
        yield database


@pytest.fixture
async def here(own_database: Database) -> Process:
    return await _begun(own_database)


@pytest.fixture
async def there(own_database: Database) -> Process:
    return await _begun(own_database)


async def _begun(database: Database) -> Process:
    """One that has heard what was told before, and has told something: the first number of all is no growth."""
    process = Process(database)
    process.commit()
    await process.hints.exchange()
    await process.hints.exchange()
    return process


async def test_what_others_commit_is_heard_once(here: Process, there: Process) -> None:
    await here.hints.exchange()
    there.commit()
    assert not await here.is_woken()
    await there.hints.exchange()
    assert await here.is_woken()
    assert not await here.is_woken()


async def test_its_own_commits_wake_nobody(here: Process) -> None:
    here.commit()
    assert not await here.is_woken()
    assert not await here.is_woken()


async def test_who_tells_something_hears_as_well(here: Process, there: Process) -> None:
    await here.hints.exchange()
    there.commit()
    await there.hints.exchange()
    here.commit()
    assert await here.is_woken()


async def test_who_has_just_begun_looks_once(own_database: Database) -> None:
    """What was told before it began to listen may have come after it has looked."""
    process = Process(own_database)
    assert await process.is_woken()
    assert not await process.is_woken()


async def test_what_could_not_be_told_is_told_later(proxy: DatabaseProxy, here: Process, there: Process) -> None:
    await here.hints.exchange()
    there.commit()
    proxy.go_away()
    with pytest.raises(Unavailable):
        await there.hints.exchange()
    proxy.come_back()
    await there.hints.exchange()
    assert await here.is_woken()
