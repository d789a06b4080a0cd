"""The real application in this process, on a real PostgreSQL, with a clock that is moved and background work that is run."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
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
from taskhub.kernel.infrastructure.event_log.subscriptions import Subscription
from taskhub.kernel.infrastructure.event_log.tables import EventRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.module_api import ModuleSettings
from taskhub.modules.collection import Modules
from taskhub.modules.discovery import installed_modules
from taskhub.service.reference.document import document_of
from taskhub.settings import Settings
from taskhub.testing.conformance.databases import MigratedDatabase
from taskhub.testing.conformance.faults import FaultInjectingDatabase, FaultInjector
from taskhub.testing.control.clock import MovableClock

PASSWORD = "a password of some length"  # noqa: S105  # Of nobody.
SECRET_KEYS = (b"a secret key that only tests know, long enough",)
UNUSED_PREFIX = "TASKHUB_CONFORMANCE_"
"""No variable of the environment is meant for this service."""
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


@dataclass(frozen=True)
class Person:
    """Somebody with an account, and tokens by their scopes."""

    id: str
    email: str
    tokens: dict[str, str]


class Service:
    """One application on one migrated database, which it has for itself: purges take whatever is over there."""

    def __init__(
        self,
        database: MigratedDatabase,
        installed: Modules | None = None,
        *,
        module_settings: Mapping[str, Any] | None = None,
        clock: MovableClock | None = None,
    ) -> None:
        """
        Args:
            database: what it works on.
            installed: the modules, where they are not those of this installation.
            module_settings: settings of modules, by `<module>_<field>`. All other settings are the defaults: what the variables
                of the environment say is for other services.
            clock: the one of another process.
        """
        self.migrated = database
        self.clock = clock or MovableClock()
        self.faults = FaultInjector()
        self._module_settings = module_settings or {}
        installed = installed or installed_modules()
        settings = Settings(_env_prefix=UNUSED_PREFIX, _env_file=None, rate_limits="off", log_level="error")
        self.container = Container(
            settings=settings,
            database_url=database.url,
            secret_keys=SECRET_KEYS,
            installed=installed,
            module_settings=_of_modules(installed, self._module_settings),
        )
        self.container.clock.override(providers.Object(self.clock))
        self.container.monotonic.override(providers.Object(self.clock.monotonic))
        self.container.database.override(
            providers.Singleton(FaultInjectingDatabase, database.url, pool_size=settings.database_pool_size, injector=self.faults)
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
        other = type(self)(self.migrated, self.container.installed, module_settings=self._module_settings, clock=self.clock)
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

    @cached_property
    def document(self) -> dict[str, Any]:
        """The OpenAPI document."""
        return document_of(self.operations, "", self.container.installed.catalogue)

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
            self.people[name] = await self.new_person(name)
        return self.people[name]

    async def new_person(self, name: str, *, scopes: Sequence[str] = SCOPES) -> Person:
        """Somebody with a new account."""
        email = f"{uuid4().hex}@example.com"
        async with self.http() as http:
            user = await _made(http.post("/v1/users", json={"email": email, "name": name.title(), "password": PASSWORD}))
            person = Person(user["id"], email, {})
            if scopes:
                http.headers["authorization"] = f"Bearer {await self.session(person)}"
            for scope in scopes:
                person.tokens[scope] = (await _made(http.post("/v1/tokens", json={"name": scope, "scopes": [scope]})))["token"]
        return person

    async def session(self, person: Person) -> str:
        """Signs somebody in. The access token, which is good for 15 minutes of the service's clock."""
        async with self.http() as http:
            session = await _made(http.post("/v1/sessions", json={"email": person.email, "password": PASSWORD}))
        return str(session["access_token"])

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

    async def event_types(self, since: datetime) -> set[str]:
        """The types of all events from an instant on, of all logs."""
        async with self.database.connection() as connection:
            found = await connection._driver.fetch("SELECT DISTINCT type FROM events WHERE occurred_at >= $1", since)
        return {record[0] for record in found}

    async def purge(self, after: timedelta) -> None:
        """Puts the clock forward, runs all purges, and what reacts to them (see `settle`)."""
        await self.purge_without_reactions(after)
        await self.settle()

    async def purge_without_reactions(self, after: timedelta) -> None:
        self.clock.move_to(self.clock() + after)
        await self.background.purge_once()


def _of_modules(installed: Modules, given: Mapping[str, Any]) -> dict[str, ModuleSettings]:
    """The settings of each module that has any, by its name."""
    read = {}
    for module in installed:
        if module.settings is not None:
            prefix = f"{module.name}_"
            own = {name.removeprefix(prefix): value for name, value in given.items() if name.startswith(prefix)}
            read[module.name] = module.settings(_env_prefix=UNUSED_PREFIX, _env_file=None, **own)
    return read


async def _made(request: Coroutine[Any, Any, httpx2.Response]) -> dict[str, Any]:
    answer = await request
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    made: dict[str, Any] = answer.json()
    return made
