"""One's own account, over HTTP."""

import re
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from support.harness.accounts import Start, pointers, registration, with_token, within_a_second
from support.harness.api import Api, ok
from support.harness.problems import problem
from taskhub.kernel.infrastructure.postgres.database import Database

ME = "/v1/users/me"
NEW_PASSWORD = "another password altogether"


async def another_session(api: Api) -> Api:
    credentials = {"email": api.user["email"], "password": api.password}
    return with_token(api, ok(await api.post("/v1/sessions", credentials))["access_token"])


async def an_api_token(api: Api, *scopes: str) -> Api:
    return with_token(api, ok(await api.post("/v1/tokens", {"name": "ci", "scopes": list(scopes)}))["token"])


async def test_one_reads_what_one_registered(mira: Api) -> None:
    answer = await mira.get(ME)
    assert answer.json() == mira.user
    assert "etag" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


async def test_an_api_token_may_read_whose_it_is(mira: Api) -> None:
    assert (await (await an_api_token(mira, "read")).get(ME)).json() == mira.user


async def test_a_patch_changes_what_it_names(mira: Api) -> None:
    answer = await mira.patch(ME, {"name": " Grace Hopper "})
    assert answer.json() == {**mira.user, "name": "Grace Hopper", "version": 2, "updated_at": answer.json()["updated_at"]}
    assert answer.json() == (await mira.get(ME)).json()
    assert "etag" not in answer.headers


async def test_a_patch_that_changes_nothing_changes_no_version(mira: Api) -> None:
    unchanged = {name: mira.user[name] for name in ("name", "time_zone", "email")}
    assert (await mira.patch(ME, unchanged)).json() == mira.user
    assert (await mira.patch(ME, {})).json() == mira.user


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        ({"name": None}, "/name"),
        ({"name": ""}, "/name"),
        ({"time_zone": None}, "/time_zone"),
        ({"time_zone": "Nowhere"}, "/time_zone"),
        ({"email": None, "current_password": "x"}, "/email"),
        ({"email": "no email", "current_password": "x"}, "/email"),
        ({"current_password": None}, "/current_password"),
        ({"password": "a new password entirely"}, "/password"),
        ({"version": 2}, "/version"),
        ({"id": "018f7a52-7c3e-7d6a-9f10-3c2b1a0d9e8f"}, "/id"),
    ],
)
async def test_a_patch_that_cant_be_is_refused_where_it_is_wrong(mira: Api, patch: dict[str, Any], pointer: str) -> None:
    assert pointers(await mira.patch(ME, patch)) == [pointer]


async def test_a_new_email_needs_the_password(mira: Api) -> None:
    email = registration()["email"]
    assert pointers(await mira.patch(ME, {"email": email})) == ["/current_password"]
    wrong = problem(await mira.patch(ME, {"email": email, "current_password": "wrong"}), 403, "wrong_password")
    assert wrong["errors"][0]["pointer"] == "/current_password"
    assert (await mira.patch(ME, {"email": email, "current_password": mira.password})).json()["email"] == email
    assert (await mira.post("/v1/sessions", {"email": email, "password": mira.password})).status_code == 201


async def test_the_email_of_somebody_else_is_taken(mira: Api) -> None:
    other = registration()
    await mira.post("/v1/users", other)
    patch = {"email": other["email"].upper(), "current_password": mira.password}
    problem(await mira.patch(ME, patch), 409, "email_taken")


async def test_if_match_takes_the_version_of_the_body(mira: Api) -> None:
    assert (await mira.patch(ME, {"name": "First"}, if_match='"1"')).json()["version"] == 2
    refusal = await mira.patch(ME, {"name": "Second"}, if_match='"1"')
    assert problem(refusal, 412, "stale_version")["current_version"] == 2
    assert (await mira.get(ME)).json()["name"] == "First"


async def test_a_retried_patch_is_answered_as_at_first(mira: Api) -> None:
    first = await mira.patch(ME, {"name": "Once"}, idempotency_key="k")
    await mira.patch(ME, {"name": "Twice"})
    again = await mira.patch(ME, {"name": "Once"}, idempotency_key="k")
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    problem(await mira.patch(ME, {"name": "Other"}, idempotency_key="k"), 422, "idempotency_key_reused")


async def test_no_digest_of_a_password_is_kept_with_a_retry_key(mira: Api, database: Database) -> None:
    body = {"email": registration()["email"], "current_password": mira.password}
    assert (await mira.patch(ME, body, idempotency_key="k")).status_code == 200
    async with database.connection() as connection:
        count = await connection._driver.fetchval("SELECT count(*) FROM retry_keys WHERE user_id = $1", mira.user["id"])
    assert count == 0


async def test_where_it_is_required_every_change_names_a_version(start: Start) -> None:
    strict = await start(require_if_match=True)
    await strict.sign_up()
    password = {"current_password": strict.password, "new_password": NEW_PASSWORD}
    problem(await strict.patch(ME, {"name": "New"}), 428, "precondition_required")
    problem(await strict.patch(ME, {"email": "new@example.com", "current_password": "x"}), 428, "precondition_required")
    problem(await strict.put(f"{ME}/password", password), 428, "precondition_required")
    problem(await strict.send("DELETE", ME, {"current_password": strict.password}), 428, "precondition_required")
    assert (await strict.put(f"{ME}/password", password, if_match='"1"')).status_code == 204


async def test_a_new_password_replaces_the_old(mira: Api) -> None:
    answer = await mira.put(f"{ME}/password", {"current_password": mira.password, "new_password": NEW_PASSWORD})
    assert (answer.status_code, answer.content) == (204, b"")
    old = {"email": mira.user["email"], "password": mira.password}
    problem(await mira.post("/v1/sessions", old), 401, "invalid_credentials")
    assert (await mira.post("/v1/sessions", {**old, "password": NEW_PASSWORD})).status_code == 201


async def test_a_new_password_ends_every_other_session_within_a_second(mira: Api) -> None:
    other = await another_session(mira)
    assert (await other.get(ME)).status_code == 200
    await mira.put(f"{ME}/password", {"current_password": mira.password, "new_password": NEW_PASSWORD})
    await within_a_second(lambda: other.get(ME), 401)
    assert (await mira.get(ME)).status_code == 200
    assert len((await mira.get("/v1/sessions")).json()["items"]) == 1


@pytest.mark.parametrize(("body", "status"), [({}, 200), ({"revoke_tokens": False}, 200), ({"revoke_tokens": True}, 401)])
async def test_a_new_password_revokes_api_tokens_on_demand(mira: Api, body: dict[str, Any], status: int) -> None:
    tokens = [await an_api_token(mira, "read") for _ in range(2)]
    await mira.put(f"{ME}/password", {"current_password": mira.password, "new_password": NEW_PASSWORD, **body})
    for token in tokens:
        await within_a_second(partial(token.get, ME), status)
    assert len((await mira.get("/v1/tokens")).json()["items"]) == (2 if status == 200 else 0)


async def test_a_wrong_current_password_changes_nothing(mira: Api) -> None:
    answer = await mira.put(f"{ME}/password", {"current_password": "wrong", "new_password": NEW_PASSWORD})
    problem(answer, 403, "wrong_password")
    assert (await mira.post("/v1/sessions", {"email": mira.user["email"], "password": mira.password})).status_code == 201


@pytest.mark.parametrize("new_password", ["short", "x" * 129, None, 123456789012])
async def test_a_new_password_has_the_length_of_a_password(mira: Api, new_password: Any) -> None:
    answer = await mira.put(f"{ME}/password", {"current_password": mira.password, "new_password": new_password})
    assert pointers(answer) == ["/new_password"]


async def test_guesses_at_the_current_password_are_throttled(start: Start) -> None:
    service = await start(rate_limits="on", limit_attempts_per_account=3)
    await service.sign_up()
    body = {"current_password": "guess", "new_password": NEW_PASSWORD}
    answers = [await service.put(f"{ME}/password", body) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 429]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", ME),
        ("PUT", f"{ME}/password"),
        ("DELETE", ME),
        ("GET", "/v1/sessions"),
        ("GET", "/v1/sessions/current"),
        ("DELETE", "/v1/sessions/current"),
        ("GET", "/v1/tokens"),
        ("POST", "/v1/tokens"),
    ],
)
async def test_an_api_token_may_not_touch_the_account(mira: Api, method: str, path: str) -> None:
    token = await an_api_token(mira, "admin")
    body: Any = {} if method in ("PATCH", "PUT", "POST") or (method, path) == ("DELETE", ME) else None
    assert (await token.send(method, path, body)).status_code == 403


async def test_a_closed_account_is_gone(mira: Api) -> None:
    credentials = {"email": mira.user["email"], "password": mira.password}
    token = await an_api_token(mira, "read")
    assert (await token.get(ME)).status_code == 200
    problem(await mira.send("DELETE", ME, {"current_password": "wrong"}), 403, "wrong_password")
    assert (await mira.send("DELETE", ME, {"current_password": mira.password})).status_code == 204
    await within_a_second(lambda: mira.get(ME), 401)
    await within_a_second(lambda: token.get(ME), 401)
    problem(await mira.post("/v1/sessions", credentials), 401, "invalid_credentials")


async def test_the_email_of_a_closed_account_is_free_again(mira: Api) -> None:
    await mira.send("DELETE", ME, {"current_password": mira.password})
    again = await mira.post("/v1/users", registration(email=mira.user["email"]))
    assert again.status_code == 201
    assert again.json()["id"] != mira.user["id"]


async def test_a_closed_account_leaves_nothing_personal_in_any_table(mira: Api, database: Database) -> None:
    trace = f"Bellenbaum-{uuid4().hex}"
    await mira.post("/v1/sessions", {"email": mira.user["email"], "password": mira.password}, user_agent=f"{trace}'s phone")
    await mira.post("/v1/tokens", {"name": trace, "scopes": ["read"]})
    await mira.patch(ME, {"name": f"Mira {trace}"}, idempotency_key="k")
    assert await where_it_stands(database, trace) == {"users", "sessions", "api_tokens"}
    assert (await mira.send("DELETE", ME, {"current_password": mira.password})).status_code == 204
    assert await where_it_stands(database, trace) == set()
    assert await where_it_stands(database, mira.user["email"].split("@")[0]) == set()


async def test_a_closed_account_leaves_no_kept_answer(mira: Api, database: Database) -> None:
    await mira.patch(ME, {"name": "Grace"}, idempotency_key="k")
    query = "SELECT count(*) FROM retry_keys WHERE user_id = $1 AND length(body) > 0"
    async with database.connection() as connection:
        assert await connection._driver.fetchval(query, mira.user["id"]) == 1
        assert (await mira.send("DELETE", ME, {"current_password": mira.password})).status_code == 204
        assert await connection._driver.fetchval(query, mira.user["id"]) == 0


async def where_it_stands(database: Database, text: str) -> set[str]:
    """The tables that hold this text anywhere. What stays on a coordinator is in a part named for its number."""
    async with database.connection() as connection:
        tables = await connection._driver.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        queries = {table: f'SELECT count(*) FROM "{table}" AS t WHERE t::text ILIKE $1' for (table,) in tables}
        found = {table for table, query in queries.items() if await connection._driver.fetchval(query, f"%{text}%")}
        return {re.sub(r"_[0-9]{6,}$", "", table) for table in found}


async def test_workspaces_of_ones_own_alone_are_deleted_with_the_account(mira: Api) -> None:
    await mira.open_workspace()
    assert (await mira.send("DELETE", ME, {"current_password": mira.password})).status_code == 204


async def test_the_only_owner_of_a_workspace_with_others_stays(mira: Api, start: Start) -> None:
    guest = await start()
    await guest.sign_up()
    await mira.open_workspace()
    await mira.invite(guest, "member")
    problem(await mira.send("DELETE", ME, {"current_password": mira.password}), 409, "last_owner")
    assert (await mira.get(ME)).json() == mira.user
    assert (await mira.get("/v1/sessions/current")).status_code == 200


async def test_a_stale_version_closes_no_account(mira: Api) -> None:
    await mira.patch(ME, {"name": "Newer"})
    refusal = await mira.send("DELETE", ME, {"current_password": mira.password}, if_match='"1"')
    problem(refusal, 412, "stale_version")
