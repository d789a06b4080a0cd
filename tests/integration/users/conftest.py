"""An application whose clock can be turned, and further ones for tests that look at settings or need a second process."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from dependency_injector import providers

from integration.conftest import migrated_database
from support.fakes.clocks import FakeClock
from support.harness.accounts import SECRET_KEY, Start
from support.harness.api import Api
from taskhub.app import TaskHub
from taskhub.container import Container
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.settings import Settings
from taskhub.users.infrastructure.password_hasher import Argon2PasswordHasher


@pytest.fixture(scope="session")
def clock() -> FakeClock:
    """Shared by all applications of these tests; it is only ever turned forward."""
    return FakeClock()


def make_app(database_url: str, clock: FakeClock, secret_keys: tuple[bytes, ...] = (SECRET_KEY,), **settings: Any) -> TaskHub:
    """An application with the tests' clock and quick hashes."""
    chosen = Settings(_env_file=None, **{"rate_limits": "off", "log_level": "error", **settings})
    container = Container(settings=chosen, database_url=database_url, secret_keys=secret_keys)
    container.clock.override(providers.Object(clock))
    container.modules["users"].password_hasher.override(providers.Object(Argon2PasswordHasher(time_cost=1, memory_cost=32)))
    return TaskHub(container)


@pytest.fixture(scope="session")
def turning_url(template_url: str) -> Iterator[str]:
    """A database apart: the purge of an application whose clock is ahead removes the sessions of all others."""
    with migrated_database(template_url) as url:
        yield url


@pytest.fixture(scope="session")
async def turning_app(turning_url: str, clock: FakeClock) -> AsyncIterator[TaskHub]:
    app = make_app(turning_url, clock)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def start(turning_url: str, clock: FakeClock) -> AsyncIterator[Start]:
    """Starts one more application on the same database, with the same clock. Settings are given by name."""
    async with AsyncExitStack() as stack:

        async def start(**settings: Any) -> Api:
            app = make_app(turning_url, clock, **settings)
            await stack.enter_async_context(app.router.lifespan_context(app))
            return await stack.enter_async_context(Api.on(app))

        yield start


@pytest.fixture
async def service(turning_app: TaskHub) -> AsyncIterator[Api]:
    """A client that nobody has signed in with."""
    async with Api.on(turning_app) as api:
        yield api


@pytest.fixture
async def mira(turning_app: TaskHub) -> AsyncIterator[Api]:
    """A client, signed in as somebody new."""
    async with Api.on(turning_app) as api:
        await api.sign_up(name="Mira Bellenbaum")
        yield api


@pytest.fixture
def database(turning_app: TaskHub) -> Database:
    """The pool of that application, to look behind the scenes."""
    return turning_app.state.container.database()
