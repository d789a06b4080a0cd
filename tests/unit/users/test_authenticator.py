"""From a credential to a caller, and how long a process relies on what it read."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from factories.users import NOW
from taskhub.kernel.contract.caller import Caller, Scope
from taskhub.users.contract.errors import InvalidToken, NotAuthenticated, TokenExpired
from taskhub.users.infrastructure.access_tokens import JwtAccessTokens
from taskhub.users.infrastructure.api_token_secrets import RandomApiTokenSecrets
from taskhub.users.infrastructure.authenticator import GRANT_SECONDS, SqlAuthenticator
from taskhub.users.infrastructure.last_use import LastUse

ACCESS_TOKENS = JwtAccessTokens((b"the secret of the server",))
USER_ID, SESSION_ID, TOKEN_ID, WORKSPACE_ID = uuid4(), uuid4(), uuid4(), uuid4()
SECRET, DIGEST = RandomApiTokenSecrets().mint()


class World:
    """A database with what is alive in it, a clock and a stopwatch. ``reads`` counts the round trips."""

    def __init__(self) -> None:
        self.now = NOW
        self.seconds = 0.0
        self.reads = 0
        self.slowness = 0.0
        self.is_distributed = False
        self.sessions: dict[tuple[UUID, UUID], datetime | None] = {(USER_ID, SESSION_ID): None}
        self.sessions_end_at = NOW + timedelta(days=30)
        self.tokens: dict[str, tuple[Any, ...]] = {DIGEST: (USER_ID, TOKEN_ID, ["read", "write"], WORKSPACE_ID, None, None)}
        self.last_use = LastUse(self)  # type: ignore[arg-type]  # A fake.
        self.authenticator = SqlAuthenticator(
            self,  # type: ignore[arg-type]  # A fake.
            ACCESS_TOKENS,
            self.last_use,
            lambda: self.now,
            lambda: self.seconds,
        )

    @property
    def may_read_for_many(self) -> bool:
        return not self.is_distributed

    async def fetch_row(self, statement: object, parameters: dict[str, Any]) -> Any:
        self.reads += 1
        found = self._found(parameters)
        self.seconds += self.slowness
        return found

    async def fetch(self, statement: object, parameters: dict[str, Any]) -> list[Any]:
        self.reads += 1
        if "digests" in parameters:
            found = [(digest, *row) for digest, row in self.tokens.items() if digest in parameters["digests"]]
        else:
            asked = {*zip(parameters["user_ids"], parameters["ids"], strict=True)}
            found = [(*key, used, self.sessions_end_at) for key, used in self.sessions.items() if key in asked]
        self.seconds += self.slowness
        return found

    def _found(self, parameters: dict[str, Any]) -> Any:
        if "digest" in parameters:
            return self.tokens.get(parameters["digest"])
        key = (parameters["user_id"], parameters["id"])
        return (self.sessions[key], self.sessions_end_at) if key in self.sessions else None

    async def caller(self, token: str) -> Caller:
        return await self.authenticator.authenticate(f"Bearer {token}")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def access_token() -> str:
    return ACCESS_TOKENS.issue(USER_ID, SESSION_ID, now=NOW)


async def test_a_session_may_do_all_that_its_user_may(world: World, access_token: str) -> None:
    assert await world.caller(access_token) == Caller(USER_ID, Scope.ADMIN, session_id=SESSION_ID)


async def test_an_api_token_may_do_what_its_widest_scope_says(world: World) -> None:
    caller = await world.caller(SECRET)
    assert caller == Caller(USER_ID, Scope.WRITE, token_id=TOKEN_ID, stream_id=WORKSPACE_ID)


async def test_a_cold_credential_costs_one_read_and_a_warm_one_none(world: World, access_token: str) -> None:
    for token in (access_token, SECRET):
        world.reads = 0
        await world.caller(token)
        await world.caller(token)
        assert world.reads == 1


async def test_a_token_is_verified_once(world: World, access_token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.caller(access_token)
    monkeypatch.setattr(ACCESS_TOKENS, "verify", lambda token: pytest.fail("verified again"))
    world.seconds += 600
    await world.caller(access_token)


async def test_what_was_read_is_good_for_less_than_a_second() -> None:
    assert GRANT_SECONDS < 1


async def test_what_has_ended_is_refused_as_soon_as_that_is_over(world: World, access_token: str) -> None:
    for token in (access_token, SECRET):
        await world.caller(token)
    world.sessions.clear()
    world.tokens.clear()
    world.seconds += GRANT_SECONDS
    for token in (access_token, SECRET):
        with pytest.raises(InvalidToken):
            await world.caller(token)


async def test_the_second_counts_from_before_the_read(world: World, access_token: str) -> None:
    world.slowness = GRANT_SECONDS / 2
    for token in (access_token, SECRET):
        await world.caller(token)
    world.sessions.clear()
    world.tokens.clear()
    world.seconds += GRANT_SECONDS / 2
    for token in (access_token, SECRET):
        with pytest.raises(InvalidToken):
            await world.caller(token)


async def test_a_refusal_is_not_remembered(world: World, access_token: str) -> None:
    sessions, tokens, world.sessions, world.tokens = world.sessions, world.tokens, {}, {}
    for token in (access_token, SECRET):
        with pytest.raises(InvalidToken):
            await world.caller(token)
    world.sessions, world.tokens = sessions, tokens
    assert await world.caller(access_token)
    assert await world.caller(SECRET)


async def test_an_access_token_expires_however_warm_it_is(world: World, access_token: str) -> None:
    world.now += timedelta(minutes=15) - timedelta(microseconds=1)
    await world.caller(access_token)
    world.now = NOW + timedelta(minutes=15)
    with pytest.raises(TokenExpired):
        await world.caller(access_token)


def beginning_at(now: datetime) -> str:
    return ACCESS_TOKENS.issue(USER_ID, SESSION_ID, now=now)


async def test_a_token_from_a_replica_whose_clock_is_a_little_ahead_is_good(world: World) -> None:
    assert await world.caller(beginning_at(NOW + timedelta(seconds=60)))


async def test_a_token_from_the_future_is_refused_until_its_time_comes(world: World) -> None:
    token = beginning_at(NOW + timedelta(seconds=61))
    with pytest.raises(InvalidToken):
        await world.caller(token)
    world.now += timedelta(seconds=1)
    assert await world.caller(token)


async def test_a_token_is_of_the_future_however_warm_it_is(world: World) -> None:
    token = beginning_at(NOW)
    await world.caller(token)
    world.now -= timedelta(seconds=61)
    with pytest.raises(InvalidToken):
        await world.caller(token)


async def test_an_api_token_expires_however_warm_it_is(world: World) -> None:
    user_id, id, scopes, workspace_id, _, last = world.tokens[DIGEST]
    world.tokens[DIGEST] = (user_id, id, scopes, workspace_id, NOW + timedelta(seconds=1), last)
    await world.caller(SECRET)
    world.now += timedelta(seconds=1)
    with pytest.raises(TokenExpired):
        await world.caller(SECRET)


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Basic YWRhOnNlY3JldA==", "thub_x", "BearerX y", "Bearer\tx", "Bearer\xa0x", "\xa0Bearer x"],
)
async def test_without_a_bearer_token_nobody_is_there(world: World, authorization: str | None) -> None:
    with pytest.raises(NotAuthenticated) as refusal:
        await world.authenticator.authenticate(authorization)
    assert refusal.value.headers == ((b"www-authenticate", b"Bearer"),)


@pytest.mark.parametrize("odd", ["\xa0", "\x85", "\x1c", "\x0b", "\x0c", "=", ".", ",", "\r", '"'])
async def test_a_credential_with_something_before_or_behind_it_is_another(world: World, access_token: str, odd: str) -> None:
    for token in (access_token, SECRET):
        for written in (odd + token, token + odd):
            with pytest.raises(InvalidToken):
                await world.caller(written)


@pytest.mark.parametrize("token", ["x", "thub_", "thub_" + "x" * 43, "thub_" + "x" * 10_000, "a b", "x, Bearer y", "thubr_AAAA"])
async def test_a_token_that_is_none_of_ours_is_refused(world: World, token: str) -> None:
    with pytest.raises(InvalidToken) as refusal:
        await world.caller(token)
    assert refusal.value.headers == ((b"www-authenticate", b'Bearer error="invalid_token"'),)


async def test_the_scheme_is_read_in_any_case(world: World, access_token: str) -> None:
    assert await world.authenticator.authenticate(f"bEARER  {access_token} ")


async def test_a_use_is_noted_at_most_once_a_minute(world: World, access_token: str) -> None:
    world.sessions[USER_ID, SESSION_ID] = NOW - timedelta(seconds=59)
    await world.caller(access_token)
    assert world.last_use._sessions == {}
    world.sessions[USER_ID, SESSION_ID] = NOW - timedelta(seconds=60)
    world.seconds += 1
    await world.caller(access_token)
    assert world.last_use._sessions == {(USER_ID, SESSION_ID): NOW}


async def test_a_session_that_is_over_is_refused_although_it_was_just_read(world: World, access_token: str) -> None:
    world.sessions_end_at = NOW + timedelta(minutes=1)
    await world.caller(access_token)
    world.now += timedelta(minutes=1)
    with pytest.raises(InvalidToken):
        await world.caller(access_token)
    assert world.reads == 1, "what is remembered knows its end"


async def test_what_is_renewed_needs_no_further_round_trip(world: World, access_token: str) -> None:
    headers = [f"Bearer {token}" for token in (access_token, SECRET)]
    known = [(header, await world.authenticator.authenticate(header)) for header in headers]
    world.seconds += GRANT_SECONDS
    world.reads = 0
    await world.authenticator.renew(known)
    assert world.reads == 2  # One for all sessions, one for all tokens.
    assert [(header, await world.authenticator.authenticate(header)) for header in headers] == known
    await world.authenticator.renew(known)
    assert world.reads == 2


async def test_sessions_on_several_nodes_are_not_asked_for_at_once(world: World, access_token: str) -> None:
    known = [(header, await world.authenticator.authenticate(header)) for header in [f"Bearer {access_token}"]]
    world.seconds += GRANT_SECONDS
    world.reads, world.is_distributed = 0, True
    await world.authenticator.renew(known)
    assert world.reads == 0


async def test_what_has_ended_meanwhile_is_not_renewed(world: World, access_token: str) -> None:
    headers = [f"Bearer {token}" for token in (access_token, SECRET)]
    known = [(header, await world.authenticator.authenticate(header)) for header in headers]
    world.seconds += GRANT_SECONDS
    world.sessions.clear()
    world.tokens.clear()
    await world.authenticator.renew(known)
    for header in headers:
        with pytest.raises(InvalidToken):
            await world.authenticator.authenticate(header)


async def test_what_is_renewed_is_as_old_as_the_question(world: World, access_token: str) -> None:
    header = f"Bearer {access_token}"
    known = [(header, await world.authenticator.authenticate(header))]
    world.seconds += GRANT_SECONDS
    world.slowness = GRANT_SECONDS
    await world.authenticator.renew(known)
    world.reads = 0
    await world.authenticator.authenticate(header)
    assert world.reads == 1
