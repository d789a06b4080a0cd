"""A second process of the service."""

from collections.abc import AsyncIterator

import pytest

from integration.conftest import make_container
from support.harness.api import Api
from taskhub.app import TaskHub


@pytest.fixture
async def elsewhere(ada: Api, database_url: str) -> AsyncIterator[Api]:
    """The same user in the same workspace, at another process: one that does no background work."""
    container = make_container(database_url)
    async with container.database().opened(), Api.on(TaskHub(container)) as api:
        api.workspace, api.project = ada.workspace, ada.project
        api.client.headers["authorization"] = ada.client.headers["authorization"]
        yield api
