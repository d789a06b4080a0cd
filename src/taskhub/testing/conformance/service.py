"""The real application in this process, on a real PostgreSQL, with a clock that is set and background work that is run."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx2
import msgspec
from dependency_injector import providers
from sqlalchemy import Text, bindparam, cast, select

from taskhub.app import TaskHub
from taskhub.background import Background
from taskhub.container import Container
from taskhub.kernel.api.operations import Operation
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.infrastructure.event_log.subscriptions import Subscription
from taskhub.kernel.infrastructure.event_log.tables import EventRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.modules.collection import Modules
from taskhub.settings import Settings
from taskhub.testing.conformance.faults import FaultInjector, FaultyDatabase

PASSWORD = "a password of some length"  # noqa: S105  # Of nobody.
SECRET_KEYS = (b"a secret key that only tests know, long enough",)
SCOPES = ("read", "write", "admin")
MAX_ROUNDS = 50
"""Of all subscribers, until nothing is left to do."""

T = TypeVar("T")
Event = dict[str, Any]

_events = table_of(EventRow).c
_LOG = Statement(
    select(
        *(getattr(_events, name) for name in ("seq", "id", "type", "schema", "entity_type", "entity_id", "entity_version")),
        _events.actor_id,
        _events.request_id,
        cast(_events.changes, Text).label("changes"),
        cast(_events.snapshot, Text).label("snapshot"),
    )
    .where(_events.stream_id == bindparam("stream_id", type_=_events.stream_id.type))
    .order_by(_events.seq)
)


class LoopThread:
    """An event loop in a thread of its own: nothing else in the process has to be asynchronous, and no plugin has to agree."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="taskhub-conformance", daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class SetClock:
    """The service's one clock, which goes on by itself and can be put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return system_clock() + self.ahead

    def advance(self, by: timedelta) -> None:
        self.ahead += by


class Person:
    """Somebody with an account and a token for each scope."""

    def __init__(self, user: dict[str, Any], tokens: Mapping[str, str]) -> None:
        self.id: str = user["id"]
        self.tokens = tokens


class Service:
    """One application on one migrated database, which it has for itself: purges take whatever is over there."""

    def __init__(self, database_url: str, installed: Modules | None = None) -> None:
        """``installed``: the modules, where they are not those of this installation."""
        self.database_url = database_url
        self.clock = SetClock()
        self.faults = FaultInjector()
        settings = Settings(_env_file=None, rate_limits="off", log_level="error")
        self.container = Container(
            settings=settings, database_url=database_url, secret_keys=SECRET_KEYS, installed=installed, module_settings=None
        )
        self.container.clock.override(providers.Object(self.clock))
        self.container.database.override(
            providers.Singleton(FaultyDatabase, database_url, pool_size=settings.database_pool_size, injector=self.faults)
        )
        self.database: Database = self.container.database()
        self.people: dict[str, Person] = {}
        hasher = self.container.modules["users"].password_hasher
        hasher.override(providers.Singleton(hasher.provides, time_cost=1, memory_cost=64))
        self.app = TaskHub(self.container)
        self.background = Background(self.container)

    async def start(self) -> None:
        await self.database.open()

    @asynccontextmanager
    async def another_process(self) -> AsyncIterator["Service"]:
        """Another application on the same database and by the same clock, which remembers nothing of this one."""
        other = type(self)(self.database_url, self.container.installed)
        other.clock.ahead = self.clock.ahead
        async with other.database.opened():
            yield other

    async def stop(self) -> None:
        await self.database.close()

    # -- requests --------------------------------------------------------------------------------

    def http(self, token: str | None = None) -> httpx2.AsyncClient:
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        transport = httpx2.ASGITransport(app=self.app, raise_app_exceptions=False)
        return httpx2.AsyncClient(transport=transport, base_url="http://taskhub.test", headers=headers)

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation that answers such a request."""
        return next((one for one in self.operations if one.method == method and one.path_regex.match(path)), None)

    @property
    def operations(self) -> list[Operation]:
        return self.container.installed.operations

    @contextmanager
    def requiring_versions(self) -> Iterator[None]:
        """As where `TASKHUB_REQUIRE_IF_MATCH` is set."""
        self.app.state.require_if_match = True
        try:
            yield
        finally:
            self.app.state.require_if_match = False

    async def person(self, name: str) -> Person:
        """Somebody who is made when they are first asked for."""
        if name not in self.people:
            self.people[name] = await self._new_person(name)
        return self.people[name]

    async def _new_person(self, name: str) -> Person:
        email = f"{uuid4().hex}@example.com"
        async with self.http() as http:
            user = await _made(http.post("/v1/users", json={"email": email, "name": name.title(), "password": PASSWORD}))
            session = await _made(http.post("/v1/sessions", json={"email": email, "password": PASSWORD}))
            http.headers["authorization"] = f"Bearer {session['access_token']}"
            tokens = {
                scope: (await _made(http.post("/v1/tokens", json={"name": scope, "scopes": [scope]})))["token"]
                for scope in SCOPES
            }
        return Person(user, tokens)

    # -- behind the scenes -----------------------------------------------------------------------

    async def log(self, stream_id: UUID | str) -> list[Event]:
        """The events of a workspace, in their order."""
        events = []
        for record in await self.database.fetch(_LOG, {"stream_id": UUID(str(stream_id))}):
            event: Event = {**record, "entity_id": str(record["entity_id"])}
            event["changes"] = msgspec.json.decode(event["changes"])
            event["snapshot"] = msgspec.json.decode(event["snapshot"] or "null")
            events.append(event)
        return events

    async def settle(self, instead: Sequence[Subscription] = ()) -> None:
        """Runs all subscribers until none of them appends anything any more. ``instead``: some of them, to be run in their place.

        Raises:
            AssertionError: they go on and on.
        """
        names = {one._subscriber.name for one in instead}
        others = [one for one in self.background.subscriptions if one._subscriber.name not in names]
        for _ in range(MAX_ROUNDS):
            before = await self._heads()
            for subscription in (*others, *instead):
                await subscription.catch_up()
            if await self._heads() == before:
                return
        raise AssertionError(f"after {MAX_ROUNDS} rounds subscribers still append events: do two answer each other?")

    async def _heads(self) -> int:
        async with self.database.connection() as connection:
            return int(await connection._driver.fetchval("SELECT coalesce(sum(last_seq), 0) FROM event_streams"))

    async def purge(self, after: timedelta, instead: Sequence[Subscription] = ()) -> None:
        """Puts the clock forward, runs all purges, and what reacts to them (see `settle`)."""
        self.clock.advance(after)
        await self.background.purge_once()
        await self.settle(instead)


async def _made(request: Coroutine[Any, Any, httpx2.Response]) -> dict[str, Any]:
    answer = await request
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    made: dict[str, Any] = answer.json()
    return made
