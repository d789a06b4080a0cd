"""Signing in and out, over HTTP."""

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from support.fakes.clocks import FakeClock
from support.harness.accounts import SECRET_KEY, Start, with_token, within_a_second
from support.harness.api import Api, ok
from support.harness.problems import problem
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.users.infrastructure.password_hasher import Argon2PasswordHasher


async def signed_in(api: Api) -> dict[str, Any]:
    """The tokens of one more session of the same user."""
    credentials = {"email": api.user["email"], "password": api.password}
    tokens: dict[str, Any] = ok(await api.post("/v1/sessions", credentials, user_agent="tests/1.0"))
    return tokens


async def refresh(api: Api, token: str) -> Any:
    return await api.post("/v1/sessions/refresh", {"refresh_token": token})


async def test_signing_in_gives_tokens(mira: Api) -> None:
    answer = await mira.post("/v1/sessions", {"email": mira.user["email"], "password": mira.password})
    tokens = answer.json()
    assert answer.status_code == 201
    assert list(tokens) == ["session_id", "access_token", "expires_in", "refresh_token", "token_type"]
    assert (tokens["expires_in"], tokens["token_type"]) == (900, "Bearer")
    assert answer.headers["location"] == f"/v1/sessions/{tokens['session_id']}"
    assert answer.headers["cache-control"] == "no-store"


async def test_an_email_is_known_however_it_is_spelled(mira: Api) -> None:
    credentials = {"email": f" {mira.user['email'].upper()} ", "password": mira.password}
    assert (await mira.post("/v1/sessions", credentials)).status_code == 201


async def test_a_wrong_password_and_an_unknown_email_are_told_apart_by_nobody(mira: Api) -> None:
    wrong = await mira.post("/v1/sessions", {"email": mira.user["email"], "password": "wrong"}, x_request_id="1")
    unknown = await mira.post("/v1/sessions", {"email": "nobody@example.com", "password": "wrong"}, x_request_id="1")
    none = await mira.post("/v1/sessions", {"email": "no email", "password": "wrong"}, x_request_id="1")
    problem(wrong, 401, "invalid_credentials")
    assert wrong.content == unknown.content == none.content
    assert wrong.headers["www-authenticate"] == "Bearer"


async def test_signing_in_renews_a_hash_that_was_made_with_other_parameters(mira: Api, database: Database) -> None:
    other = await Argon2PasswordHasher(time_cost=1, memory_cost=64).hash(mira.password)
    hashes = [other]
    async with database.connection() as connection:
        await connection._driver.execute("UPDATE users SET password_hash = $1 WHERE id = $2", other, mira.user["id"])
    for _ in range(2):
        await mira.sign_in(mira.user["email"])
        async with database.connection() as connection:
            query = "SELECT password_hash FROM users WHERE id = $1"
            hashes.append(await connection._driver.fetchval(query, mira.user["id"]))
    assert [f"m={memory}," in hash for memory, hash in zip((64, 32, 32), hashes, strict=True)] == [True] * 3
    assert hashes[1] == hashes[2]


async def test_a_session_is_listed_newest_first(mira: Api) -> None:
    second = await signed_in(mira)
    newest, oldest = (await mira.get("/v1/sessions")).json()["items"]
    assert list(newest) == ["id", "created_at", "last_used_at", "expires_at", "user_agent", "current"]
    assert (newest["id"], newest["user_agent"], newest["current"]) == (second["session_id"], "tests/1.0", False)
    assert oldest["current"] is True
    assert datetime.fromisoformat(newest["expires_at"]) - datetime.fromisoformat(newest["created_at"]) == timedelta(days=30)


async def test_sessions_are_listed_page_by_page(mira: Api) -> None:
    for _ in range(4):
        await signed_in(mira)
    everything = [session["id"] for session in (await mira.get("/v1/sessions")).json()["items"]]
    walked: list[str] = []
    page = await mira.get("/v1/sessions", limit=2)
    while True:
        walked += [session["id"] for session in page.json()["items"]]
        if (cursor := page.json()["next_cursor"]) is None:
            break
        assert page.headers["link"].endswith('rel="next"')
        page = await mira.get("/v1/sessions", limit=2, cursor=cursor)
    assert walked == everything
    assert len(walked) == 5


@pytest.mark.parametrize("limit", ["0", "201", "x", ""])
async def test_a_page_has_its_bounds(mira: Api, limit: str) -> None:
    problem(await mira.get("/v1/sessions", limit=limit), 422, "validation_failed")


async def test_a_cursor_is_good_for_its_list_only(mira: Api) -> None:
    await signed_in(mira)
    cursor = (await mira.get("/v1/sessions", limit=1)).json()["next_cursor"]
    problem(await mira.get("/v1/tokens", cursor=cursor), 400, "invalid_cursor")


async def test_the_session_that_asks_is_called_current(mira: Api) -> None:
    answer = await mira.get("/v1/sessions/current")
    assert answer.json()["current"] is True
    assert answer.json() == (await mira.get(f"/v1/sessions/{answer.json()['id']}")).json()
    assert "etag" not in answer.headers


@pytest.mark.parametrize("id", ["not-an-id", "018f7a52-7c3e-7d6a-9f10-3c2b1a0d9e8f", "CURRENT"])
async def test_a_session_that_is_not_there_is_not_found(mira: Api, id: str) -> None:
    problem(await mira.get(f"/v1/sessions/{id}"), 404, "not_found")
    problem(await mira.delete(f"/v1/sessions/{id}"), 404, "not_found")


async def test_sessions_of_others_are_not_found(mira: Api, start: Start) -> None:
    other = await start()
    await other.sign_up()
    theirs = (await other.get("/v1/sessions/current")).json()["id"]
    problem(await mira.get(f"/v1/sessions/{theirs}"), 404, "not_found")
    problem(await mira.delete(f"/v1/sessions/{theirs}"), 404, "not_found")
    assert (await other.get("/v1/sessions/current")).status_code == 200


async def test_signing_out_ends_the_session_within_a_second(mira: Api) -> None:
    assert (await mira.delete("/v1/sessions/current")).status_code == 204
    refusal = await within_a_second(lambda: mira.get("/v1/users/me"), 401)
    problem(refusal, 401, "invalid_token")
    assert refusal.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_a_session_that_was_ended_elsewhere_is_refused_by_every_process_within_a_second(mira: Api, start: Start) -> None:
    tokens = await signed_in(mira)
    here, there = with_token(mira, tokens["access_token"]), with_token(await start(), tokens["access_token"])
    for process in (here, there):
        assert (await process.get("/v1/users/me")).status_code == 200
    assert (await mira.delete(f"/v1/sessions/{tokens['session_id']}")).status_code == 204
    for process in (here, there):
        await within_a_second(partial(process.get, "/v1/users/me"), 401)


async def test_a_session_that_has_ended_is_not_renewed(mira: Api) -> None:
    tokens = await signed_in(mira)
    await mira.delete(f"/v1/sessions/{tokens['session_id']}")
    problem(await refresh(mira, tokens["refresh_token"]), 401, "invalid_token")


async def test_a_session_is_renewed(mira: Api, clock: FakeClock) -> None:
    tokens = await signed_in(mira)
    clock.forward(minutes=15)
    expired = await with_token(mira, tokens["access_token"]).get("/v1/users/me")
    problem(expired, 401, "token_expired")
    renewed = await refresh(mira, tokens["refresh_token"])
    assert renewed.status_code == 200
    assert renewed.headers["cache-control"] == "no-store"
    assert renewed.json()["session_id"] == tokens["session_id"]
    assert (await with_token(mira, renewed.json()["access_token"]).get("/v1/users/me")).status_code == 200


async def test_two_tabs_that_renew_at_once_get_the_same_successor(mira: Api) -> None:
    tokens = await signed_in(mira)
    mira.sends_again = True
    answers = await asyncio.gather(*(refresh(mira, tokens["refresh_token"]) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


async def test_a_lost_reply_is_asked_for_again(mira: Api, clock: FakeClock) -> None:
    tokens = await signed_in(mira)
    lost = (await refresh(mira, tokens["refresh_token"])).json()
    clock.forward(seconds=30)
    again = await refresh(mira, tokens["refresh_token"])
    assert again.json()["refresh_token"] == lost["refresh_token"]
    assert (await refresh(mira, lost["refresh_token"])).status_code == 200


async def test_a_spent_token_that_comes_back_later_ends_the_session(mira: Api, clock: FakeClock) -> None:
    tokens = await signed_in(mira)
    renewed = (await refresh(mira, tokens["refresh_token"])).json()
    clock.forward(seconds=30.001)
    problem(await refresh(mira, tokens["refresh_token"]), 401, "invalid_token")
    problem(await refresh(mira, renewed["refresh_token"]), 401, "invalid_token")
    await within_a_second(lambda: with_token(mira, renewed["access_token"]).get("/v1/users/me"), 401)


async def test_a_session_lives_for_thirty_days_from_its_last_renewal(mira: Api, clock: FakeClock) -> None:
    tokens = await signed_in(mira)
    for _ in range(2):
        clock.forward(days=29)
        answer = await refresh(mira, tokens["refresh_token"])
        assert answer.status_code == 200
        tokens = answer.json()
    clock.forward(days=30)
    problem(await refresh(mira, tokens["refresh_token"]), 401, "invalid_token")


async def test_a_session_that_expired_is_not_listed(mira: Api, clock: FakeClock) -> None:
    clock.forward(days=30)
    await mira.sign_in(mira.user["email"])
    assert len((await mira.get("/v1/sessions")).json()["items"]) == 1


@pytest.mark.parametrize("token", ["", "nonsense", "thubr_" + "A" * 107, "thubr_é"])
async def test_what_is_no_refresh_token_is_refused(mira: Api, token: str) -> None:
    refusal = await refresh(mira, token)
    problem(refusal, 401, "invalid_token")
    assert refusal.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_sessions_outlive_a_change_of_the_servers_secret(mira: Api, start: Start) -> None:
    tokens = await signed_in(mira)
    spent = await refresh(mira, tokens["refresh_token"])
    rotated = await start(secret_keys=(b"the next secret key, which is long enough", SECRET_KEY))
    assert (await with_token(rotated, tokens["access_token"]).get("/v1/users/me")).status_code == 200
    assert (await refresh(rotated, tokens["refresh_token"])).json()["refresh_token"] == spent.json()["refresh_token"]
    assert (await refresh(rotated, spent.json()["refresh_token"])).status_code == 200


async def test_a_stale_if_match_signs_nobody_out(mira: Api) -> None:
    problem(await mira.delete("/v1/sessions/current", if_match='"7"'), 412, "stale_version")
    assert (await mira.delete("/v1/sessions/current", if_match="*")).status_code == 204


@pytest.mark.parametrize("authorization", [None, "Basic YWRhOnNlY3JldA==", "Bearer"])
async def test_without_a_credential_the_challenge_is_bare(service: Api, authorization: str | None) -> None:
    headers = {"authorization": authorization} if authorization else {}
    answer = await service.send("GET", "/v1/users/me", **headers)
    problem(answer, 401, "not_authenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_signing_in_is_throttled_by_account(start: Start) -> None:
    service = await start(rate_limits="on", limit_attempts_per_account=3)
    spellings = ["eve@example.com", "EVE@example.com", " eve@Example.com", "eve@example.com"]
    answers = [await service.post("/v1/sessions", {"email": email, "password": "guess"}) for email in spellings]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]


async def test_renewing_is_throttled_by_token(start: Start) -> None:
    service = await start(rate_limits="on", limit_attempts_per_account=3)
    answers = [await refresh(service, token) for token in ("one", "one", "one", "one", "another")]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 401]
