"""Others in the workspace, with the roles and tokens that they have."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from support.harness.api import Api, ok
from taskhub.app import TaskHub

Meet = Callable[..., Awaitable[Api]]
"""Makes clients: of somebody new with a ``role`` in ada's workspace (none: no member), or of ada with a token of a ``scope``."""


@pytest.fixture
async def meet(app: TaskHub, ada: Api) -> AsyncIterator[Meet]:
    async with AsyncExitStack() as stack:

        async def make(role: str | None = None, scope: str | None = None) -> Api:
            other = await stack.enter_async_context(Api.on(app))
            other.workspace, other.project, other.user = ada.workspace, ada.project, ada.user
            if scope is not None:
                token = ok(await ada.post("/v1/tokens", {"name": "CI", "scopes": [scope]}))["token"]
                other.client.headers["authorization"] = f"Bearer {token}"
                return other
            await other.sign_up(name="Grace")
            if role is not None:
                await ada.invite(other, role)
            return other

        yield make


@pytest.fixture
async def elsewhere(app: TaskHub) -> AsyncIterator[Api]:
    """Somebody else, who owns another workspace with a project."""
    async with Api.on(app) as api:
        await api.sign_up(name="Mallory")
        await api.open_workspace()
        await api.open_project()
        yield api
