"""An application of its own, on a database of its own: it may deliver to this machine, and its clock is moved by tests."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from dependency_injector import providers

from integration.conftest import make_container, migrated_database
from support.harness.api import Api, ok
from support.harness.webhook_receiver import Receiver, receiving
from taskhub.app import TaskHub
from taskhub.container import Container
from taskhub.testing.control.clock import MovableClock
from taskhub.webhooks.infrastructure import deliverer, look_pacing

LOOPBACK = ("127.0.0.0/8", "::1/128")


@pytest.fixture(scope="session")
def hooks_url(template_url: str) -> Iterator[str]:
    """A database that no other application delivers from."""
    with migrated_database(template_url) as url:
        yield url


@pytest.fixture
def clock() -> MovableClock:
    """It stands still: nothing becomes due because the machine is slow."""
    clock = MovableClock()
    clock.freeze()
    return clock


def clocked_container(url: str, clock: MovableClock) -> Container:
    return make_container(url, lambda container: container.clock.override(providers.Object(clock)), webhook_networks=LOOPBACK)


@pytest.fixture(autouse=True)
def looked_every_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also on Citus: nobody tells that a clock was moved."""
    monkeypatch.setattr(look_pacing, "POLL_SECONDS_ON_NODES", look_pacing.POLL_SECONDS)


@pytest.fixture
async def hooks_app(hooks_url: str, clock: MovableClock) -> AsyncIterator[TaskHub]:
    app = TaskHub(clocked_container(hooks_url, clock))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def ada(hooks_app: TaskHub) -> AsyncIterator[Api]:
    """A client, signed in as somebody new who owns a workspace with a project, on the application that delivers."""
    async with Api.on(hooks_app) as api:
        yield await signed_up(api)


async def signed_up(api: Api) -> Api:
    """The client, signed in as somebody new with a workspace and a project."""
    await api.sign_up()
    await api.open_workspace()
    await api.open_project()
    # A session would be over once the clock was moved.
    token = ok(await api.post("/v1/tokens", {"name": "Of the test", "scopes": ["read", "write", "admin"]}))["token"]
    api.client.headers["authorization"] = f"Bearer {token}"
    return api


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No receiver is slow, however slow the machine is."""
    monkeypatch.setattr(deliverer, "SLOW_MS", 1_000 * 60 * 60)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


async def add_webhook(api: Api, url: str, *types: str, **body: Any) -> Any:
    return ok(await api.post("webhooks", {"url": url, "types": [*types] or ["task.created"], **body}))


async def deliveries(api: Api, webhook: Any, **parameters: Any) -> Any:
    return ok(await api.get(f"webhooks/{webhook['id']}/deliveries", **parameters))["items"]
