"""Nobody is shut out of their account by others' guesses: where they signed in from before, their attempts are counted apart."""

import asyncio
from datetime import timedelta

import httpx2
import pytest

from support.fakes.clocks import FakeClock
from support.harness.accounts import Start, from_address
from support.harness.api import Api
from support.harness.problems import problem
from taskhub.background import Background
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.testing.conformance.round_trips import recording_round_trips
from taskhub.users.infrastructure.sign_in_addresses import MAX_ADDRESSES, RETENTION

HOME, AWAY = "192.0.2.7", "198.51.100.9"
MAX = 3
"""Attempts a minute that these services admit."""


@pytest.fixture
async def service(mira: Api, start: Start) -> Api:
    """A service that counts, and has counted nothing yet; its user signed in from `HOME`."""
    assert (await attempt(from_address(mira, HOME), mira.password)).status_code == 201
    return await counting(start, mira)


async def counting(start: Start, account: Api) -> Api:
    service = await start(rate_limits="on", limit_attempts_per_account=MAX)
    service.user = account.user
    return service


async def attempt(api: Api, password: str) -> httpx2.Response:
    return await api.post("/v1/sessions", {"email": api.user["email"], "password": password})


async def use_up(api: Api) -> None:
    """Guesses until guesses are refused."""
    for _ in range(MAX + 1):
        answer = await attempt(api, "a wrong guess")
    problem(answer, 429, "rate_limited")


async def known_digests(database: Database, user_id: str) -> list[bytes]:
    async with database.connection() as connection:
        query = "SELECT digest FROM sign_in_addresses WHERE user_id = $1 ORDER BY last_at"
        return [row["digest"] for row in await connection._driver.fetch(query, user_id)]


async def test_others_guesses_shut_out_whoever_comes_from_where_nobody_signed_in_before(service: Api) -> None:
    await use_up(from_address(service, AWAY))
    problem(await attempt(from_address(service, "198.51.100.10"), service.password), 429, "rate_limited")


async def test_they_do_not_shut_out_whoever_comes_from_a_known_address(service: Api) -> None:
    await use_up(from_address(service, AWAY))
    assert (await attempt(from_address(service, HOME), service.password)).status_code == 201


async def test_every_process_knows_the_address(service: Api, start: Start) -> None:
    other = await counting(start, service)
    await use_up(from_address(other, AWAY))
    assert (await attempt(from_address(other, HOME), service.password)).status_code == 201


async def test_guesses_from_a_known_address_have_their_limit_too(service: Api) -> None:
    await use_up(from_address(service, HOME))
    problem(await attempt(from_address(service, HOME), service.password), 429, "rate_limited")


async def test_guesses_from_a_known_address_leave_room_for_the_others(service: Api) -> None:
    await use_up(from_address(service, HOME))
    for _ in range(MAX):
        assert (await attempt(from_address(service, AWAY), "a wrong guess")).status_code == 401


async def test_an_address_is_known_to_the_account_that_was_signed_in_to_and_to_no_other(service: Api) -> None:
    stranger = from_address(service, AWAY)
    await stranger.sign_up()
    await use_up(from_address(service, "203.0.113.1"))
    stranger.user = service.user
    problem(await attempt(stranger, service.password), 429, "rate_limited")


async def test_a_failed_attempt_makes_no_address_known(mira: Api, start: Start) -> None:
    assert (await attempt(from_address(mira, HOME), "a wrong guess")).status_code == 401
    service = await counting(start, mira)
    await use_up(from_address(service, AWAY))
    problem(await attempt(from_address(service, HOME), service.password), 429, "rate_limited")


async def test_the_whole_of_an_ipv6_network_of_64_bits_is_one_address(mira: Api, start: Start) -> None:
    assert (await attempt(from_address(mira, "2001:db8:1:2::1"), mira.password)).status_code == 201
    service = await counting(start, mira)
    await use_up(from_address(service, AWAY))
    problem(await attempt(from_address(service, "2001:db8:1:3::1"), service.password), 429, "rate_limited")
    assert (await attempt(from_address(service, "2001:db8:1:2:aaaa::1"), service.password)).status_code == 201


async def test_addresses_of_one_ipv6_network_are_limited_together(start: Start) -> None:
    service = await start(rate_limits="on", limit_attempts_per_address=2)
    await service.sign_up()
    answers = [await attempt(from_address(service, f"2001:db8:7:7::{number}"), "a wrong guess") for number in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]


async def test_after_thirty_days_without_a_sign_in_an_address_is_unknown_and_then_removed(
    service: Api, clock: FakeClock, database: Database
) -> None:
    clock.forward(days=30, seconds=-1)
    assert (await attempt(from_address(service, HOME), service.password)).status_code == 201
    clock.forward(days=30)
    await use_up(from_address(service, AWAY))
    problem(await attempt(from_address(service, HOME), service.password), 429, "rate_limited")
    clock.forward(seconds=1)
    app = service.client._transport.app  # type: ignore[attr-defined]  # The app behind the client.
    removed = await Background(app.state.container).purge_once()
    assert removed["sign_in_addresses"] >= 1
    assert await known_digests(database, service.user["id"]) == []
    assert timedelta(days=30) == RETENTION


async def test_an_account_keeps_the_addresses_that_were_used_last(mira: Api, clock: FakeClock, database: Database) -> None:
    for number in range(MAX_ADDRESSES + 5):
        clock.forward(seconds=1)
        assert (await attempt(from_address(mira, f"203.0.113.{number}"), mira.password)).status_code == 201
        newest = (await known_digests(database, mira.user["id"]))[-1:]
    kept = await known_digests(database, mira.user["id"])
    assert len(kept) == MAX_ADDRESSES
    assert kept[-1:] == newest
    clock.forward(seconds=1)
    assert (await attempt(from_address(mira, f"203.0.113.{MAX_ADDRESSES}"), mira.password)).status_code == 201
    assert len(await known_digests(database, mira.user["id"])) == MAX_ADDRESSES


async def test_many_sign_ins_at_once_are_remembered_without_a_failure(mira: Api, database: Database) -> None:
    clients = [from_address(mira, f"203.0.113.{number}") for number in range(2 * MAX_ADDRESSES)]
    for client in clients:
        client.sends_again = True
    answers = await asyncio.gather(*(attempt(client, mira.password) for client in clients))
    assert {answer.status_code for answer in answers} == {201}
    assert (await attempt(clients[0], mira.password)).status_code == 201
    assert len(await known_digests(database, mira.user["id"])) == MAX_ADDRESSES


async def test_addresses_are_not_written_down_as_they_are(service: Api, database: Database) -> None:
    digests = await known_digests(database, service.user["id"])
    assert digests
    assert all(len(digest) == 16 and HOME.encode() not in digest for digest in digests)


async def test_they_are_erased_with_the_account(mira: Api, database: Database) -> None:
    assert await known_digests(database, mira.user["id"])
    assert (await mira.send("DELETE", "/v1/users/me", {"current_password": mira.password})).status_code == 204
    assert await known_digests(database, mira.user["id"]) == []


async def test_nothing_is_remembered_of_an_account_that_was_closed_meanwhile(
    mira: Api, clock: FakeClock, database: Database
) -> None:
    app = mira.client._transport.app  # type: ignore[attr-defined]  # The app behind the client.
    await mira.send("DELETE", "/v1/users/me", {"current_password": mira.password})
    await app.state.container.modules["users"].sign_in_addresses().remember(mira.user["id"], HOME, now=clock())
    assert await known_digests(database, mira.user["id"]) == []


async def test_a_failed_attempt_asks_the_database_the_same_whether_anybody_has_the_email_or_not(mira: Api) -> None:
    app = mira.client._transport.app  # type: ignore[attr-defined]  # The app behind the client.
    asked = []
    for email in (mira.user["email"], "nobody@example.com", "no email"):
        with recording_round_trips(app.state.container.database()) as seen:
            answer = await mira.post("/v1/sessions", {"email": email, "password": "a wrong guess"})
        assert answer.status_code == 401
        asked.append([sql for sql in seen if "sign_in_addresses" in sql or "users" in sql])
    assert asked[0] == asked[1] == asked[2]
    assert len(asked[0]) == 1
