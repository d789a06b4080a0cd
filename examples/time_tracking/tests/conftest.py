"""TaskHub with this module installed, on a PostgreSQL of its own that is thrown away, and clients for it."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from taskhub.app import TaskHub
from taskhub.container import Container
from taskhub.embedded import EmbeddedPostgres
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.modules.discovery import installed_modules
from taskhub.schema.migrate import migrate
from taskhub.settings import Settings

from client import Client

SECRET_KEYS = (b"a secret key that only tests know, long enough",)


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A migrated database. Tests make workspaces of their own instead of emptying it."""
    folder = Path(tempfile.mkdtemp(prefix="taskhub-tests-"))
    folder.chmod(0o711)  # As root the server runs under another account, which has to reach its data here.
    try:
        with EmbeddedPostgres(folder, durable=False).running() as address:
            asyncio.run(migrate(address.url(), installed_modules().revisions))
            yield address.url()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def container(database_url: str) -> Container:
    """The parts of the application. It finds the installed modules, this one as well."""
    settings = Settings(_env_file=None, rate_limits="off", log_level="error")
    return Container(settings=settings, database_url=database_url, secret_keys=SECRET_KEYS)


@pytest.fixture(scope="session")
async def app(container: Container) -> AsyncIterator[TaskHub]:
    """The application, started, with its subscribers running."""
    app = TaskHub(container)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
def database(app: TaskHub) -> Database:
    """The pool of the running application, to look behind the scenes."""
    database: Database = app.state.container.database()
    return database


@pytest.fixture(scope="session")
async def users(app: TaskHub) -> AsyncIterator[tuple[Client, Client]]:
    """Two clients, signed in. They are made once: that a password takes a while to be hashed is its purpose."""
    async with Client.of(app) as ada, Client.of(app) as grace:
        await ada.sign_up("Ada")
        await grace.sign_up("Grace")
        yield ada, grace


@pytest.fixture
async def ada(users: tuple[Client, Client]) -> Client:
    """A client, signed in as somebody who owns a new workspace with a project."""
    await users[0].make_workspace()
    return users[0]


@pytest.fixture
def grace(users: tuple[Client, Client]) -> Client:
    """A client, signed in as somebody who is no member of that workspace."""
    return users[1]
