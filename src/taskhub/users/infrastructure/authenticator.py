"""From an `Authorization` header to a caller: without a round trip when warm, with one when cold."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Uuid, bindparam, func, select

from taskhub.kernel.application.clock import Clock, Monotonic
from taskhub.kernel.application.shared_reads import SharedReads
from taskhub.kernel.application.ttl_cache import TtlCache
from taskhub.kernel.contract.caller import Caller, Scope
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.users.application.ports import ACCESS_SECONDS
from taskhub.users.contract.errors import InvalidToken, NotAuthenticated, TokenExpired
from taskhub.users.infrastructure.access_tokens import Claims, JwtAccessTokens
from taskhub.users.infrastructure.api_token_secrets import PREFIX, digest_of
from taskhub.users.infrastructure.last_use import LastUse
from taskhub.users.infrastructure.mappings import API_TOKENS, SESSIONS, scopes_of

GRANT_SECONDS = 0.9
"""How long a session or token is taken to be alive after it was read: a second after its end it is refused everywhere."""
MAX_CACHED = 20_000
SKEW_SECONDS = 60
"""How far the clock of the replica that made a token may be ahead of ours."""
_BLANKS = " \t"

SessionKey: TypeAlias = tuple[UUID, UUID]
"""The ids of a user and of a session."""

_sessions, _tokens = SESSIONS.table.c, API_TOKENS.table.c
_SESSION = Statement(
    select(_sessions.last_used_at, _sessions.expires_at).where(
        _sessions.user_id == bindparam("user_id", type_=_sessions.user_id.type),
        _sessions.id == bindparam("id", type_=_sessions.id.type),
        _sessions.expires_at > bindparam("now", type_=DateTime(timezone=True)),
    )
)
_SESSIONS = Statement(
    select(_sessions.user_id, _sessions.id, _sessions.last_used_at, _sessions.expires_at).where(
        _sessions.user_id == func.any(bindparam("user_ids", type_=ARRAY(Uuid()))),
        _sessions.id == func.any(bindparam("ids", type_=ARRAY(Uuid()))),
        _sessions.expires_at > bindparam("now", type_=DateTime(timezone=True)),
    )
)
_OF_TOKEN = (_tokens.user_id, _tokens.id, _tokens.scopes, _tokens.workspace_id, _tokens.expires_at, _tokens.last_used_at)
_TOKEN = Statement(select(*_OF_TOKEN).where(_tokens.digest == bindparam("digest", type_=_tokens.digest.type)))
_TOKENS = Statement(
    select(_tokens.digest, *_OF_TOKEN).where(_tokens.digest == func.any(bindparam("digests", type_=ARRAY(_tokens.digest.type))))
)


class SqlAuthenticator:
    """Implements `Authenticator`. What is remembered are good answers only, so that a new token works at once."""

    def __init__(
        self,
        database: Database,
        access_tokens: JwtAccessTokens,
        last_use: LastUse,
        clock: Clock,
        monotonic: Monotonic,
    ) -> None:
        self._database = database
        self._access_tokens = access_tokens
        self._last_use = last_use
        self._clock = clock
        self._claims: TtlCache[bytes, Claims] = TtlCache(ACCESS_SECONDS, MAX_CACHED, monotonic)
        self._sessions: TtlCache[SessionKey, tuple[Caller, datetime]] = TtlCache(GRANT_SECONDS, MAX_CACHED, monotonic)
        self._reads = SharedReads(self._fetch_sessions, monotonic)
        self._tokens: TtlCache[str, tuple[Caller, datetime | None]] = TtlCache(GRANT_SECONDS, MAX_CACHED, monotonic)

    async def authenticate(self, authorization: str | None) -> Caller:
        token = _bearer_token(authorization)
        return await (self._by_api_token(token) if token.startswith(PREFIX) else self._by_session(token))

    async def renew(self, known: Sequence[tuple[str | None, Caller]]) -> None:
        now = self._clock()
        sessions = {(caller.user_id, caller.session_id) for _, caller in known if caller.session_id is not None}
        digests = {digest_of(_bearer_token(header)) for header, caller in known if caller.token_id is not None}
        await self._renew_sessions([key for key in sessions if self._sessions.get(key) is None], now)
        await self._renew_tokens([digest for digest in digests if self._tokens.get(digest) is None], now)

    async def _renew_sessions(self, keys: Sequence[SessionKey], now: datetime) -> None:
        if not keys or self._database.is_distributed:  # One statement would wait for the slowest node, and fail with it.
            return
        asked_at = self._sessions.now()
        for key, record in (await self._fetch_sessions(keys)).items():
            self._remember_session(key, record, asked_at, now)

    async def _fetch_sessions(self, keys: Collection[SessionKey]) -> dict[SessionKey, Sequence[Any]]:
        user_ids, ids = zip(*keys, strict=True)
        asked = {"user_ids": [*{*user_ids}], "ids": [*ids], "now": self._clock()}
        return {(user_id, id): record for user_id, id, *record in await self._database.fetch(_SESSIONS, asked)}

    async def _fetch_session(self, key: SessionKey) -> Sequence[Any] | None:
        user_id, id = key
        return await self._database.fetch_row(_SESSION, {"user_id": user_id, "id": id, "now": self._clock()})

    async def _renew_tokens(self, digests: Sequence[str], now: datetime) -> None:
        if not digests:
            return
        asked_at = self._tokens.now()
        for digest, *record in await self._database.fetch(_TOKENS, {"digests": digests}):
            self._remember_token(digest, record, asked_at, now)

    async def _by_session(self, token: str) -> Caller:
        claims = self._verified(token)
        now = self._clock()
        seconds = now.timestamp()
        if claims.good_from > seconds + SKEW_SECONDS:
            raise InvalidToken
        if claims.expires_at <= seconds:
            raise TokenExpired
        key = (claims.user_id, claims.session_id)
        caller, expires_at = self._sessions.get(key) or await self._read_session(key, now)
        if expires_at <= now:
            raise InvalidToken
        return caller

    def _verified(self, token: str) -> Claims:
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        claims = self._claims.get(digest)
        if claims is None:
            claims = self._access_tokens.verify(token)
            self._claims.put(digest, claims, self._claims.now())
        return claims

    async def _read_session(self, key: SessionKey, now: datetime) -> tuple[Caller, datetime]:
        asked_at = self._sessions.now()
        record = await (self._reads.get(key) if self._database.may_read_for_many else self._fetch_session(key))
        if record is None:
            raise InvalidToken
        return self._remember_session(key, record, asked_at, now)

    def _remember_session(
        self, key: SessionKey, record: Sequence[Any], asked_at: float, now: datetime
    ) -> tuple[Caller, datetime]:
        user_id, id = key
        caller = Caller(user_id, Scope.ADMIN, session_id=id)
        last_used_at, expires_at = record
        self._sessions.put(key, (caller, expires_at), asked_at)
        self._last_use.session(user_id, id, last_used_at, now)
        return caller, expires_at

    async def _by_api_token(self, token: str) -> Caller:
        digest = digest_of(token)
        now = self._clock()
        caller, expires_at = self._tokens.get(digest) or await self._read_token(digest, now)
        if expires_at is not None and expires_at <= now:
            raise TokenExpired
        return caller

    async def _read_token(self, digest: str, now: datetime) -> tuple[Caller, datetime | None]:
        asked_at = self._tokens.now()
        record = await self._database.fetch_row(_TOKEN, {"digest": digest})
        if record is None:
            raise InvalidToken
        return self._remember_token(digest, record, asked_at, now)

    def _remember_token(
        self, digest: str, record: Sequence[Any], asked_at: float, now: datetime
    ) -> tuple[Caller, datetime | None]:
        user_id, id, scopes, workspace_id, expires_at, last_used_at = record
        caller = Caller(user_id, max(scopes_of(scopes)), token_id=id, stream_id=workspace_id)
        if expires_at is None or now < expires_at:
            self._tokens.put(digest, (caller, expires_at), asked_at)
            self._last_use.token(user_id, id, last_used_at, now)
        return caller, expires_at


def _bearer_token(authorization: str | None) -> str:
    # Blanks alone: Python strips what HTTP does not, and a credential has one spelling.
    scheme, _, token = (authorization or "").strip(_BLANKS).partition(" ")
    token = token.strip(_BLANKS)
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticated
    return token
