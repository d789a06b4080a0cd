"""API tokens, over HTTP."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from support.fakes.clocks import FakeClock
from support.harness.accounts import Start, pointers, with_token, within_a_second
from support.harness.api import Api, ok
from support.harness.problems import problem
from taskhub.kernel.infrastructure.postgres.database import Database

TOKENS = "/v1/tokens"


async def created(api: Api, **body: Any) -> dict[str, Any]:
    token: dict[str, Any] = ok(await api.post(TOKENS, {"name": "ci", "scopes": ["read"], **body}))
    return token


async def test_a_token_is_shown_once(mira: Api) -> None:
    answer = await mira.post(TOKENS, {"name": " ci ", "scopes": ["write", "read"]})
    token = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{TOKENS}/{token['id']}"
    assert answer.headers["cache-control"] == "no-store"
    secret = token.pop("token")
    assert secret.startswith("thub_")
    assert list(token) == ["id", "name", "scopes", "workspace_id", "expires_at", "last_used_at", "created_at"]
    assert (token["name"], token["scopes"], token["workspace_id"], token["expires_at"]) == ("ci", ["read", "write"], None, None)
    assert (await mira.get(answer.headers["location"])).json() == token
    assert (await mira.get(TOKENS)).json()["items"] == [token]


async def test_the_secret_is_stored_nowhere(mira: Api, database: Database) -> None:
    secret = (await created(mira))["token"].removeprefix("thub_")
    async with database.connection() as connection:
        for table in ("api_tokens", "events", "retry_keys"):
            query = f"SELECT count(*) FROM {table} AS t WHERE t::text LIKE $1"
            assert await connection._driver.fetchval(query, f"%{secret}%") == 0


async def test_a_new_token_works_at_once(mira: Api) -> None:
    assert (await with_token(mira, (await created(mira))["token"]).get("/v1/users/me")).json() == mira.user


async def test_a_retry_key_is_ignored_where_a_secret_is_answered(mira: Api) -> None:
    body = {"name": "ci", "scopes": ["read"]}
    first = await mira.post(TOKENS, body, idempotency_key="k")
    again = await mira.post(TOKENS, body, idempotency_key="k")
    assert again.json()["token"] != first.json()["token"]


async def test_a_revoked_token_is_refused_by_every_process_within_a_second(mira: Api, start: Start) -> None:
    token = await created(mira)
    here, there = with_token(mira, token["token"]), with_token(await start(), token["token"])
    for process in (here, there):
        assert (await process.get("/v1/users/me")).status_code == 200
    assert (await mira.delete(f"{TOKENS}/{token['id']}")).status_code == 204
    for process in (here, there):
        refusal = await within_a_second(partial(process.get, "/v1/users/me"), 401)
        problem(refusal, 401, "invalid_token")
    problem(await mira.get(f"{TOKENS}/{token['id']}"), 404, "not_found")
    problem(await mira.delete(f"{TOKENS}/{token['id']}"), 404, "not_found")


async def test_a_token_expires_when_it_said(mira: Api, clock: FakeClock) -> None:
    token = await created(mira, expires_at=(clock() + timedelta(minutes=10)).isoformat())
    assert token["expires_at"].endswith("Z")
    clock.forward(minutes=10)
    problem(await with_token(mira, token["token"]).get("/v1/users/me"), 401, "token_expired")
    assert (await mira.get(f"{TOKENS}/{token['id']}")).status_code == 200


async def test_a_token_cant_be_made_to_expire_in_the_past(mira: Api, clock: FakeClock) -> None:
    answer = await mira.post(TOKENS, {"name": "ci", "scopes": ["read"], "expires_at": clock().isoformat()})
    assert pointers(answer) == ["/expires_at"]


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("name", "", "/name"),
        ("name", "two\nlines", "/name"),
        ("scopes", [], "/scopes"),
        ("scopes", None, "/scopes"),
        ("scopes", "read", "/scopes"),
        ("scopes", ["read", "read"], "/scopes"),
        ("scopes", ["root"], "/scopes/0"),
        ("expires_at", "2030-01-01T00:00:00", "/expires_at"),
        ("expires_at", 1893456000, "/expires_at"),
        ("expires_at", "9999-12-31T23:59:59-10:00", "/expires_at"),
        ("workspace_id", "not-an-id", "/workspace_id"),
        ("token", "thub_mine", "/token"),
    ],
)
async def test_a_body_that_cant_be_is_refused_where_it_is_wrong(mira: Api, field: str, value: Any, pointer: str) -> None:
    assert pointers(await mira.post(TOKENS, {"name": "ci", "scopes": ["read"], field: value})) == [pointer]


async def test_a_token_may_be_bound_to_a_workspace(mira: Api) -> None:
    workspace = await mira.open_workspace()
    token = await created(mira, workspace_id=workspace["id"])
    assert token["workspace_id"] == workspace["id"]
    bound = with_token(mira, token["token"])
    assert (await bound.get(f"/v1/workspaces/{workspace['id']}")).status_code == 200
    other = await mira.open_workspace()
    problem(await bound.get(f"/v1/workspaces/{other['id']}"), 404, "not_found")


async def test_a_token_is_not_bound_to_a_workspace_of_others(mira: Api, start: Start) -> None:
    other = await start()
    await other.sign_up()
    theirs = await other.open_workspace()
    for workspace_id in (theirs["id"], str(uuid4())):
        answer = await mira.post(TOKENS, {"name": "ci", "scopes": ["read"], "workspace_id": workspace_id})
        assert problem(answer, 422, "unknown_reference")["errors"][0]["pointer"] == "/workspace_id"


async def test_tokens_of_others_are_not_found(mira: Api, start: Start) -> None:
    other = await start()
    await other.sign_up()
    theirs = (await created(other))["id"]
    problem(await mira.get(f"{TOKENS}/{theirs}"), 404, "not_found")
    problem(await mira.delete(f"{TOKENS}/{theirs}"), 404, "not_found")
    assert (await mira.get(TOKENS)).json()["items"] == []


async def test_tokens_are_listed_page_by_page_newest_first(mira: Api) -> None:
    ids = [(await created(mira))["id"] for _ in range(3)]
    first = (await mira.get(TOKENS, limit=2)).json()
    rest = (await mira.get(TOKENS, limit=2, cursor=first["next_cursor"])).json()
    assert [token["id"] for token in (*first["items"], *rest["items"])] == ids[::-1]
    assert rest["next_cursor"] is None
