"""People and their workspaces, on the whole service but for its door."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import pytest

from support.harness.api import Api
from support.harness.event_log import ReadLog, read_log
from support.harness.trusting_service import NewClient, started_service
from taskhub.app import TaskHub
from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.infrastructure.postgres.database import Database


@pytest.fixture(scope="session")
async def service(database_url: str) -> AsyncIterator[TaskHub]:
    async with started_service(database_url) as app:
        yield app


@pytest.fixture(scope="session")
async def another_process(database_url: str) -> AsyncIterator[TaskHub]:
    """A second process of the service on the same database, with a memory of its own."""
    async with started_service(database_url) as app:
        yield app


@pytest.fixture
def pool(service: TaskHub) -> Database:
    database: Database = service.state.container.database()
    return database


@pytest.fixture
async def new_client(service: TaskHub) -> AsyncIterator[NewClient]:
    async with AsyncExitStack() as stack:

        async def make(user: Api | None = None, scope: str = "ADMIN", token: str = "", app: TaskHub = service) -> Api:
            api = await stack.enter_async_context(Api.on(app))
            api.user = user.user if user else {"id": str(new_id())}
            api.workspace = user.workspace if user else {}
            api.client.headers["authorization"] = f"Bearer {api.user['id']} {scope} {token}".rstrip()
            return api

        yield make


@pytest.fixture
async def owner(new_client: NewClient) -> Api:
    """Somebody new who has just opened a workspace."""
    owner = await new_client()
    await owner.open_workspace()
    return owner


@pytest.fixture
async def guest(new_client: NewClient, owner: Api) -> Api:
    """Somebody who is no member of the owner's workspace, and looks at it all the same."""
    guest = await new_client()
    guest.workspace = owner.workspace
    return guest


@pytest.fixture
def log_of(pool: Database) -> ReadLog:
    """Reads the log of the workspace that a client is in."""

    async def read(api: Api) -> list[dict[str, Any]]:
        return await read_log(pool, UUID(api.workspace["id"]))

    return read
