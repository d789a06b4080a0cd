"""A database of its own for each worker, the real application on it, and clients for it."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog
from dependency_injector import providers

from support.harness.api import Api
from support.harness.database_proxy import DatabaseProxy
from support.harness.database_server import CHOICE
from support.harness.databases import cloned_database
from support.harness.event_check import check_events
from taskhub.app import TaskHub
from taskhub.container import Container
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.settings import Settings
from taskhub.testing.conformance.suite import LOG_PROCESSORS
from taskhub.users.infrastructure.password_hasher import Argon2PasswordHasher

structlog.configure(processors=[*LOG_PROCESSORS], wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))

OF_CITUS = Path(__file__).parent / "citus"
"""Tests of what only a cluster can show."""
SECRET_KEYS = (b"a secret key that only tests know, long enough",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    is_citus = os.environ.get(CHOICE) == "citus"
    for item in items:
        if is_citus and (marker := item.get_closest_marker("not_on_citus")):
            item.add_marker(pytest.mark.skip(reason=f"Citus: {marker.kwargs['reason']}"))
        elif not is_citus and item.path.is_relative_to(OF_CITUS):
            item.add_marker(pytest.mark.skip(reason=f"needs a Citus cluster: {CHOICE}=citus"))


@contextmanager
def migrated_database(template_url: str) -> Iterator[str]:
    """A migrated database of its own, for as long as the block lasts. Gives its URL.

    At its end every event that was appended there has to be what its module declares.
    """
    with cloned_database(template_url) as url:
        yield url
        asyncio.run(check_events(url))


@pytest.fixture(scope="session")
def database_url(template_url: str) -> Iterator[str]:
    """A migrated database that this worker may use as it likes. Tests make workspaces of their own instead of emptying it."""
    with migrated_database(template_url) as url:
        yield url


@pytest.fixture
def own_url(template_url: str) -> Iterator[str]:
    """A migrated database that one test has for itself."""
    with cloned_database(template_url) as url:
        yield url


def make_container(database_url: str, replace: Callable[[Container], object] | None = None, /, **settings: object) -> Container:
    """The whole program on a database, throttling off unless asked for. ``replace`` puts other parts in the place of its own."""
    chosen = Settings(_env_file=None, **{"rate_limits": "off", "log_level": "error", **settings})  # type: ignore[arg-type]  # As from the environment.
    container = Container(settings=chosen, database_url=database_url, secret_keys=SECRET_KEYS)
    if replace is not None:
        replace(container)
    container.modules["users"].password_hasher.override(providers.Singleton(Argon2PasswordHasher, time_cost=1, memory_cost=64))
    return container


@pytest.fixture(scope="session")
def container(database_url: str) -> Container:
    return make_container(database_url)


@pytest.fixture(scope="session")
async def app(container: Container) -> AsyncIterator[TaskHub]:
    """The application, started, with its subscribers running."""
    app = TaskHub(container)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
def database(app: TaskHub) -> Database:
    """The pool of the running application, to look behind the scenes."""
    return app.state.container.database()


@pytest.fixture
async def api(app: TaskHub) -> AsyncIterator[Api]:
    """A client that nobody has signed in with."""
    async with Api.on(app) as api:
        yield api


@pytest.fixture
async def ada(app: TaskHub) -> AsyncIterator[Api]:
    """A client, signed in as somebody new who owns a workspace with a project."""
    async with Api.on(app) as api:
        await api.sign_up()
        await api.open_workspace()
        await api.open_project()
        yield api


@pytest.fixture
async def guest(app: TaskHub) -> AsyncIterator[Api]:
    """A client, signed in as somebody new who is no member of anything."""
    async with Api.on(app) as api:
        await api.sign_up(name="Grace")
        yield api


@pytest.fixture
async def proxy(database_url: str) -> AsyncIterator[DatabaseProxy]:
    """What `remote` reaches its database through: it can go away."""
    async with DatabaseProxy(database_url).running() as proxy:
        yield proxy


@pytest.fixture
async def remote_app(proxy: DatabaseProxy) -> AsyncIterator[TaskHub]:
    app = TaskHub(make_container(proxy.url))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def remote(remote_app: TaskHub) -> AsyncIterator[Api]:
    """A signed-in client of a service whose database is behind the proxy."""
    async with Api.on(remote_app) as api:
        await api.sign_up()
        await api.open_workspace()
        await api.open_project()
        yield api
