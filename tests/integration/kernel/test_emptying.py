"""What a module has of a purged workspace is removed, whenever the module comes and whatever fails."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import BigInteger, Uuid, bindparam, column, delete, func, literal, select, table

from support.harness.subscriber_process import subscription
from taskhub.cli.doctor.checks import parked_events
from taskhub.kernel.application.empty_purged_workspace import EmptyPurgedWorkspace
from taskhub.kernel.contract.events import WORKSPACE_PURGED
from taskhub.kernel.infrastructure.event_log import subscriptions
from taskhub.kernel.infrastructure.event_log.subscription_statements import COUNT_PARKED
from taskhub.kernel.infrastructure.event_log.subscriptions import Subscription
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement

_gears = table("gears", column("workspace_id", Uuid()), column("id", Uuid()))
_some = (
    select(_gears.c.id)
    .where(_gears.c.workspace_id == bindparam("workspace_id", type_=Uuid()))
    .limit(bindparam("limit", type_=BigInteger()))
)
_gone = delete(_gears).where(_gears.c.id.in_(_some)).returning(literal(1)).cte("gone")
_REMOVE = Statement(select(func.count()).select_from(_gone))


class Clocks:
    """A module with a table of gears. Its `empty` fails for some workspaces, after it has removed some."""

    def __init__(self) -> None:
        self.name = f"clocks_{uuid4().hex}"
        self.asked: list[UUID] = []
        self.failing: set[UUID] = set()

    async def empty(self, workspace_id: UUID, uow: Any, /, *, limit: int) -> int:
        self.asked.append(workspace_id)
        removed: int = (await uow.fetch_row(_REMOVE, {"workspace_id": workspace_id, "limit": limit}))[0]
        if workspace_id in self.failing:
            raise ValueError("planted")
        return removed

    @property
    def subscriber(self) -> EmptyPurgedWorkspace:
        return EmptyPurgedWorkspace(self.name, self.empty)

    def in_new_process(self, database: Database) -> Subscription:
        """What a process that has just started runs."""
        return subscription(database, self.subscriber)


class Workspaces:
    """Workspaces with gears, in the database itself: what a module has done before."""

    def __init__(self, raw: asyncpg.Connection) -> None:
        self._raw = raw
        self._made: list[UUID] = []

    async def purged(self, *, gears: int) -> UUID:
        id = uuid4()
        self._made.append(id)
        await self._raw.execute("INSERT INTO gears SELECT $1, gen_random_uuid() FROM generate_series(1, $2)", id, gears)
        await self._raw.execute("INSERT INTO event_streams VALUES ($1, 1, now())", id)
        await self._raw.execute(
            "INSERT INTO events VALUES ($1, 1, gen_random_uuid(), $2, 1, 'workspace', $1, 2, NULL, now(), NULL, '{}', NULL)",
            id,
            WORKSPACE_PURGED,
        )
        return id

    async def gears(self, *ids: UUID) -> list[int]:
        """How many of each workspace there are."""
        return [await self._raw.fetchval("SELECT count(*) FROM gears WHERE workspace_id = $1", id) for id in ids]

    async def forget(self) -> None:
        for name in ("event_streams", "events", "subscriptions", "parked_events"):
            await self._raw.execute(f"DELETE FROM {name} WHERE stream_id = ANY($1)", self._made)


@pytest.fixture
async def workspaces(database_url: str) -> AsyncIterator[Workspaces]:
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    await connection.execute("CREATE TABLE gears (workspace_id uuid, id uuid)")
    made = Workspaces(connection)
    try:
        yield made
    finally:
        await made.forget()
        await connection.execute("DROP TABLE gears")
        await connection.close()


async def test_a_module_that_is_installed_later_is_emptied_of_what_was_purged_before(
    workspaces: Workspaces, database: Database
) -> None:
    clocks = Clocks()
    first, second = await workspaces.purged(gears=3), await workspaces.purged(gears=0)
    await clocks.in_new_process(database).catch_up()
    assert await workspaces.gears(first, second) == [0, 0]
    assert {first, second} <= {*clocks.asked}


async def test_rows_beyond_one_call_go_too(workspaces: Workspaces, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taskhub.kernel.application.empty_purged_workspace.ROWS_AT_ONCE", 2)
    workspace = await workspaces.purged(gears=5)
    clocks = Clocks()
    await clocks.in_new_process(database).catch_up()
    assert await workspaces.gears(workspace) == [0]
    assert clocks.asked.count(workspace) == 4


async def test_one_that_was_away_is_emptied_of_what_was_purged_meanwhile_and_not_asked_again_for_the_rest(
    workspaces: Workspaces, database: Database
) -> None:
    clocks = Clocks()
    before = await workspaces.purged(gears=1)
    await clocks.in_new_process(database).catch_up()
    meanwhile = await workspaces.purged(gears=1)

    clocks.asked.clear()
    await clocks.in_new_process(database).catch_up()
    assert await workspaces.gears(before, meanwhile) == [0, 0]
    assert before not in clocks.asked
    assert meanwhile in clocks.asked


async def test_where_it_fails_nothing_is_half_gone_others_go_on_and_operators_are_told(
    workspaces: Workspaces, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "FIRST_RETRY_DELAY", subscriptions.FIRST_RETRY_DELAY * 0)
    clocks = Clocks()
    failing, sound = await workspaces.purged(gears=3), await workspaces.purged(gears=3)
    clocks.failing.add(failing)
    process = clocks.in_new_process(database)
    for _ in range(subscriptions.FAILURES_BEFORE_PARKING + 1):
        await process.catch_up()

    assert await workspaces.gears(failing, sound) == [3, 0]
    assert clocks.asked.count(failing) == subscriptions.FAILURES_BEFORE_PARKING
    parked = {row["subscriber"]: row["count"] for row in await database.fetch(COUNT_PARKED, {})}
    assert parked[clocks.subscriber.name] == 1
    assert f"1 of {clocks.subscriber.name}" in parked_events(parked).text


async def test_what_fails_for_a_while_is_gone_in_the_end(
    workspaces: Workspaces, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "FIRST_RETRY_DELAY", subscriptions.FIRST_RETRY_DELAY * 0)
    clocks = Clocks()
    workspace = await workspaces.purged(gears=3)
    clocks.failing.add(workspace)
    for _ in range(subscriptions.FAILURES_BEFORE_PARKING - 1):
        await clocks.in_new_process(database).catch_up()
    clocks.failing.clear()
    await clocks.in_new_process(database).catch_up()
    assert await workspaces.gears(workspace) == [0]
