"""Registering, over HTTP."""

import asyncio
from collections import Counter
from typing import Any
from unicodedata import normalize

import pytest

from support.harness.accounts import PASSWORD, Start, pointers, registration
from support.harness.api import Api, ok
from support.harness.problems import problem
from taskhub.container import Container
from taskhub.kernel.infrastructure.postgres.database import Database


async def test_somebody_new_is_told_who_they_are(service: Api) -> None:
    body = registration(email=f" Mixed.Case.{registration()['email']}", time_zone="Europe/London")
    answer = await service.post("/v1/users", body)
    user = answer.json()
    assert answer.status_code == 201
    assert list(user) == ["id", "email", "name", "time_zone", "version", "created_at", "updated_at"]
    assert (user["email"], user["name"], user["time_zone"], user["version"]) == (
        body["email"].strip(),
        "Ada Lovelace",
        "Europe/London",
        1,
    )
    assert answer.headers["location"] == "/v1/users/me"
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["cache-control"] == "no-store"


async def test_the_time_zone_is_utc_unless_it_is_told(service: Api) -> None:
    assert (await service.post("/v1/users", registration())).json()["time_zone"] == "UTC"


async def test_an_email_is_taken_however_it_is_spelled(service: Api) -> None:
    body = registration()
    await service.post("/v1/users", body)
    problem(await service.post("/v1/users", {**body, "email": body["email"].upper()}), 409, "email_taken")


async def test_of_many_who_register_one_email_at_once_one_succeeds(service: Api) -> None:
    body = registration()
    service.sends_again = True
    answers = await asyncio.gather(*(service.post("/v1/users", body) for _ in range(20)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}


async def test_a_closed_service_takes_nobody(start: Start) -> None:
    closed = await start(registration="closed")
    problem(await closed.post("/v1/users", registration()), 403, "registration_closed")


@pytest.mark.parametrize("length", [12, 128])
async def test_a_password_is_counted_in_characters(service: Api, length: int) -> None:
    body = registration(password="\N{LOCK}" * length)
    assert (await service.post("/v1/users", body)).status_code == 201
    assert (await service.post("/v1/sessions", {"email": body["email"], "password": body["password"]})).status_code == 201


async def test_blanks_around_a_password_belong_to_it(service: Api) -> None:
    body = registration(password="  twelve    ")
    await service.post("/v1/users", body)
    credentials = {"email": body["email"], "password": body["password"].strip()}
    problem(await service.post("/v1/sessions", credentials), 401, "invalid_credentials")


@pytest.mark.parametrize(
    ("registered", "typed"),
    [
        ("caf\u00e9 au lait chaud", "cafe\u0301 au lait chaud"),
        ("cafe\u0301 au lait chaud", "caf\u00e9 au lait chaud"),
        (
            "\ud55c\uae00 \ube44\ubc00\ubc88\ud638 \uc785\ub2c8\ub2e4\ub9cc",
            normalize("NFD", "\ud55c\uae00 \ube44\ubc00\ubc88\ud638 \uc785\ub2c8\ub2e4\ub9cc"),
        ),
        ("no\u00a0break or a break", "no break or\u2003a break"),
    ],
)
async def test_a_password_is_the_same_from_another_keyboard(service: Api, registered: str, typed: str) -> None:
    body = registration(password=registered)
    assert (await service.post("/v1/users", body)).status_code == 201
    for password in (typed, registered):
        assert (await service.post("/v1/sessions", {"email": body["email"], "password": password})).status_code == 201


async def test_a_password_is_counted_as_it_is_kept(service: Api) -> None:
    assert (await service.post("/v1/users", registration(password="e\u0301" * 128))).status_code == 201
    assert pointers(await service.post("/v1/users", registration(password="e\u0301" * 11))) == ["/password"]
    assert pointers(await service.post("/v1/users", registration(password="e" + "\u0301" * 100_000))) == ["/password"]


@pytest.mark.parametrize(
    "password", ["tab\tin the middle", "\x1b[31mthis is red", "line break at the end\n", "next\u0085line in C1"]
)
async def test_a_new_password_has_no_control_characters(service: Api, password: str) -> None:
    errors = problem(await service.post("/v1/users", registration(password=password)), 422, "validation_failed")["errors"]
    assert [(fault["code"], fault["pointer"]) for fault in errors] == [("control_character", "/password")]


@pytest.mark.parametrize("former", ["cafe\u0301 au lait chaud", "tab\tin the middle", "no\u00a0break or a break"])
async def test_a_password_of_former_times_still_works(
    service: Api, container: Container, database: Database, former: str
) -> None:
    body = registration()
    user = ok(await service.post("/v1/users", body))
    as_typed = await container.modules["users"].password_hasher().hash(former)
    async with database.connection() as connection:
        await connection._driver.execute("UPDATE users SET password_hash = $1 WHERE id = $2", as_typed, user["id"])
    for password in (former, normalize("NFC", former).replace("\u00a0", " ")):
        answer = await service.post("/v1/sessions", {"email": body["email"], "password": password})
        assert answer.status_code == 201, password


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no email"),
        ("email", "ada\ufe0f@example.com"),
        ("email", "a" * 300 + "@example.com"),
        ("email", None),
        ("email", 7),
        ("password", "eleven char"),
        ("password", "x" * 129),
        ("password", None),
        ("password", "with a NUL \0 inside"),
        ("name", ""),
        ("name", " \t "),
        ("name", "two\nlines"),
        ("name", "x" * 201),
        ("name", None),
        ("time_zone", "Mars/Olympus_Mons"),
        ("time_zone", "europe/berlin"),
        ("time_zone", "../../etc/passwd"),
        ("time_zone", None),
        ("id", "018f7a52-7c3e-7d6a-9f10-3c2b1a0d9e8f"),
        ("version", 1),
    ],
)
async def test_a_body_that_cant_be_is_refused_where_it_is_wrong(service: Api, field: str, value: Any) -> None:
    assert pointers(await service.post("/v1/users", registration(**{field: value}))) == [f"/{field}"]


@pytest.mark.parametrize("field", ["email", "name", "password"])
async def test_what_is_needed_has_to_be_there(service: Api, field: str) -> None:
    body = registration()
    del body[field]
    assert pointers(await service.post("/v1/users", body)) == [f"/{field}"]


async def test_a_refused_password_is_not_repeated(service: Api) -> None:
    answer = await service.post("/v1/users", registration(password="hunter2"))
    assert "hunter2" not in answer.text


async def test_a_retry_key_is_ignored_where_a_password_is_sent(service: Api, database: Database) -> None:
    body = registration()
    assert (await service.post("/v1/users", body, idempotency_key="once")).status_code == 201
    problem(await service.post("/v1/users", body, idempotency_key="once"), 409, "email_taken")


async def test_the_password_is_stored_as_a_hash(service: Api, database: Database) -> None:
    user = (await service.post("/v1/users", registration())).json()
    async with database.connection() as connection:
        known = await connection._driver.fetchval("SELECT password_hash FROM users WHERE id = $1", user["id"])
    assert known.startswith("$argon2id$")
    assert PASSWORD not in known


async def test_the_log_holds_the_names_of_fields_and_no_values(service: Api, database: Database) -> None:
    user = (await service.post("/v1/users", registration(name="Unmistakable"))).json()
    async with database.connection() as connection:
        (event,) = await connection._driver.fetch("SELECT *, events::text AS whole FROM events WHERE stream_id = $1", user["id"])
    assert (event["type"], event["entity_version"], str(event["actor_id"])) == ("user.created", 1, user["id"])
    assert event["snapshot"] is None
    assert "name" in event["changes"]
    assert "Unmistakable" not in event["whole"]
    assert user["email"] not in event["whole"]


async def test_registering_is_throttled_by_account(start: Start) -> None:
    service = await start(rate_limits="on", limit_attempts_per_account=2)
    body = registration()
    answers = [await service.post("/v1/users", body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 409, 429]
    problem(answers[2], 429, "rate_limited")
    assert int(answers[2].headers["retry-after"]) >= 1
