"""What happens to sessions and tokens in the background."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from support.fakes.clocks import FakeClock
from support.harness.accounts import with_token
from support.harness.api import Api, ok
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.users.container import UsersContainer
from taskhub.users.infrastructure.accounts import SqlAccounts
from taskhub.users.infrastructure.purge import BATCH_SIZE, PURGES


@pytest.fixture
def users(mira: Api) -> UsersContainer:
    container: UsersContainer = mira.client._transport.app.state.container.modules["users"]  # type: ignore[attr-defined]  # The app behind the client.
    return container


async def last_used(api: Api, path: str) -> datetime | None:
    value = (await api.get(path)).json()["last_used_at"]
    return datetime.fromisoformat(value) if value else None


async def a_token(api: Api, **body: Any) -> tuple[Api, str]:
    """A client with a new API token, and where that is."""
    token = ok(await api.post("/v1/tokens", {"name": "ci", "scopes": ["read"], **body}))
    return with_token(api, token["token"]), f"/v1/tokens/{token['id']}"


async def test_a_token_that_was_never_used_says_so(mira: Api) -> None:
    _, path = await a_token(mira)
    assert await last_used(mira, path) is None


async def test_the_last_use_is_written_down_in_the_background(mira: Api, users: UsersContainer, clock: FakeClock) -> None:
    token, path = await a_token(mira)
    await token.get("/v1/users/me")
    clock.forward(minutes=5)
    await mira.get("/v1/users/me")
    await users.last_use().flush()
    assert await last_used(mira, path) == clock() - timedelta(minutes=5)


async def test_the_last_use_of_a_session_is_at_least_its_last_renewal(mira: Api, clock: FakeClock) -> None:
    tokens = await mira.sign_in(mira.user["email"])
    clock.forward(minutes=10)
    await mira.post("/v1/sessions/refresh", {"refresh_token": tokens["refresh_token"]})
    assert await last_used(mira, "/v1/sessions/current") == clock()


async def test_a_use_changes_no_version(mira: Api, users: UsersContainer, database: Database) -> None:
    token, _ = await a_token(mira)
    await token.get("/v1/users/me")
    await users.last_use().flush()
    async with database.connection() as connection:
        rows = await connection._driver.fetch("SELECT version FROM api_tokens WHERE user_id = $1", mira.user["id"])
    assert [row["version"] for row in rows] == [1]


async def test_uses_of_what_is_gone_by_now_are_dropped(mira: Api, users: UsersContainer) -> None:
    token, path = await a_token(mira)
    await token.get("/v1/users/me")
    await mira.delete(path)
    await users.last_use().flush()


async def test_a_row_that_somebody_is_changing_is_passed_over(mira: Api, users: UsersContainer, database: Database) -> None:
    token, path = await a_token(mira)
    await token.get("/v1/users/me")
    async with database.connection() as connection, connection._driver.transaction():
        await connection._driver.fetch("SELECT 1 FROM api_tokens WHERE user_id = $1 FOR UPDATE", mira.user["id"])
        await users.last_use().flush()
    assert await last_used(mira, path) is None


async def test_what_has_expired_is_removed(mira: Api, clock: FakeClock, database: Database) -> None:
    await a_token(mira, expires_at=(clock() + timedelta(days=1)).isoformat())
    await a_token(mira)
    for days, left in ((29, (1, 2)), (30, (1, 2)), (31.5, (0, 1))):
        for purge in PURGES:
            await purge.remove(database, clock() + timedelta(days=days))
        assert await how_many(database, mira.user["id"]) == left


async def how_many(database: Database, user_id: str) -> tuple[int, int]:
    """Sessions and API tokens."""
    async with database.connection() as connection:
        counts = [
            await connection._driver.fetchval(f"SELECT count(*) FROM {table} WHERE user_id = $1", user_id)
            for table in ("sessions", "api_tokens")
        ]
    return counts[0], counts[1]


async def test_more_than_one_batch_is_removed(database: Database, clock: FakeClock) -> None:
    user_id, count = uuid4(), BATCH_SIZE + 10
    async with database.connection() as connection:
        await connection._driver.execute(
            """
            INSERT INTO sessions
            SELECT $1, gen_random_uuid(), null, '', '{}', '{}', $2, null, 1, $2, $2 FROM generate_series(1, $3)
            """,
            user_id,
            clock() - timedelta(days=1),
            count,
        )
    assert await PURGES[0].remove(database, clock()) >= count
    assert await how_many(database, str(user_id)) == (0, 0)


async def test_everybody_has_a_name(mira: Api, database: Database) -> None:
    gone = await mira.post("/v1/users", {"email": f"{uuid4().hex}@example.com", "name": "Gone", "password": mira.password})
    email = gone.json()["email"]
    tokens = ok(await mira.post("/v1/sessions", {"email": email, "password": mira.password}))
    await with_token(mira, tokens["access_token"]).send("DELETE", "/v1/users/me", {"current_password": mira.password})
    ids = [UUID(mira.user["id"]), UUID(gone.json()["id"]), uuid4()]
    names = await SqlAccounts(database).names(ids)
    assert [(names[id].name, names[id].email) for id in ids] == [
        ("Mira Bellenbaum", mira.user["email"]),
        ("Deleted user", None),
        ("Deleted user", None),
    ]
