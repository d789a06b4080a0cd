"""Whatever fails between borrowing a connection and giving it back, wherever it does: all of them are there afterwards."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from dependency_injector import providers
from structlog.testing import capture_logs

from integration.conftest import make_container
from support.harness.api import Api
from support.harness.faulty_driver import (
    FAULTS,
    Fault,
    FaultInjectingDatabase,
    FaultInjector,
    cancelled_before,
    refused,
    terminated,
)
from support.harness.waiting import PATIENCE_SECONDS
from taskhub.app import TaskHub
from taskhub.background import Background
from taskhub.container import Container
from taskhub.kernel.application import runner
from taskhub.kernel.infrastructure.postgres.database import Database

POOL_SIZE = 3
ONCE: dict[str, Any] = {"times": 1}
FROM_THEN_ON: dict[str, Any] = {"times": 1_000_000}
UNDER_EVERY_STATEMENT: dict[str, Any] = {"times": 1_000_000, "spares_connecting": True}
"""As in a storm of terminated backends: each new connection is good, until something is asked of it."""


class Scene:
    """A service in bad weather, with somebody who works in it."""

    def __init__(self, container: Container, api: Api, guest: Api, injector: FaultInjector) -> None:
        self.container = container
        self.database: Database = container.database()
        self.api = api
        self.guest = guest
        self.injector = injector
        self.background = Background(container)
        self.task_path = ""

    async def prepare(self) -> None:
        self.task_path = f"tasks/{(await self.api.add_task())['id']}"


@pytest.fixture(scope="module")
async def scene(database_url: str) -> AsyncIterator[Scene]:
    injector = FaultInjector()
    database = providers.Singleton(FaultInjectingDatabase, database_url, pool_size=POOL_SIZE, injector=injector)
    container = make_container(database_url, lambda its: its.database.override(database))
    app = TaskHub(container)
    async with Api.on(app) as api, Api.on(app) as guest:
        async with container.database().opened():
            await api.sign_up()
            await api.open_workspace()
            await api.open_project()
            await guest.sign_up()
        yield Scene(container, api, guest, injector)


Operation = Callable[[Scene], Coroutine[Any, Any, None]]


async def read(scene: Scene) -> None:
    await scene.api.get(scene.task_path)
    await scene.api.get("tasks")


async def create(scene: Scene) -> None:
    await scene.api.post("tasks", {"project_id": scene.api.project["id"], "title": "New"}, idempotency_key=str(uuid4()))


async def change(scene: Scene) -> None:
    await scene.api.patch(scene.task_path, {"title": str(uuid4())})


async def change_with_a_key(scene: Scene) -> None:
    await scene.api.patch(scene.task_path, {"title": str(uuid4())}, idempotency_key=str(uuid4()))


async def move(scene: Scene) -> None:
    await scene.api.post(f"{scene.task_path}/move", {"to": "last"})


async def create_many(scene: Scene) -> None:
    items = [{"project_id": scene.api.project["id"], "title": f"Task {n}"} for n in range(3)]
    await scene.api.post("tasks/bulk_create", {"items": items})


async def trash_the_project(scene: Scene) -> None:
    await scene.api.delete(f"projects/{scene.api.project['id']}")
    await scene.api.post(f"projects/{scene.api.project['id']}/restore")


async def invite_and_leave(scene: Scene) -> None:
    token = (await scene.api.post("invitations", {"role": "member"})).json().get("token")
    if token:
        await scene.guest.post("/v1/invitations/accept", {"token": token})
        scene.guest.workspace = scene.api.workspace
        await scene.guest.delete("members/me")


async def sign_in(scene: Scene) -> None:
    await scene.guest.sign_in(scene.guest.user["email"])


async def subscribe(scene: Scene) -> None:
    for subscription in scene.background.subscriptions:
        await subscription.catch_up()


async def purge(scene: Scene) -> None:
    await scene.background.purge_once()


async def look_after_it(scene: Scene) -> None:
    await scene.api.get("/health/ready")
    await scene.api.get("/metrics")


async def write_down_last_uses(scene: Scene) -> None:
    last_use = scene.container.modules["users"].last_use()
    last_use.session(uuid4(), uuid4(), None, datetime.now(UTC))
    await last_use.flush()


OPERATIONS: list[Operation] = [
    read,
    create,
    change,
    change_with_a_key,
    move,
    create_many,
    trash_the_project,
    invite_and_leave,
    sign_in,
    subscribe,
    purge,
    look_after_it,
    write_down_last_uses,
]


@pytest.fixture(autouse=True)
def without_delay(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Runs commands again at once, and renders no tracebacks of what is planted."""
    monkeypatch.setattr(runner, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(runner, "MAX_RETRY_SECONDS", 0.05)
    with capture_logs():
        yield


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_a_change_gives_its_connection_back_however_it_fails(scene: Scene, fault: Fault) -> None:
    await fail_everywhere(scene, change, fault)


@pytest.mark.parametrize("fault", [terminated, refused, cancelled_before], ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.__name__)
async def test_everything_gives_its_connection_back_wherever_it_fails(scene: Scene, operation: Operation, fault: Fault) -> None:
    await fail_everywhere(scene, operation, fault)


async def fail_everywhere(scene: Scene, operation: Operation, fault: Fault) -> None:
    async with scene.database.opened():
        await scene.prepare()
        for duration in (ONCE, FROM_THEN_ON, UNDER_EVERY_STATEMENT):
            after = 0
            while await struck(scene, operation, fault, after=after, **duration):
                assert is_whole(scene.database), f"{duration} from call {after + 1}"
                after += 1
            assert after > 0, "nothing was asked of the database"
        assert await connections_of(scene.database) == POOL_SIZE


async def struck(scene: Scene, operation: Operation, fault: Fault, **when: Any) -> bool:
    """Whether there was anything left to fail in what was done, as a task of its own, which may be cancelled."""
    scene.injector.inject(fault, **when)
    async with asyncio.timeout(PATIENCE_SECONDS):
        with suppress(Exception, asyncio.CancelledError):
            await asyncio.create_task(operation(scene))
    was_injected = scene.injector.injected > 0
    scene.injector.clear()
    return was_injected


def is_whole(database: Database) -> bool:
    """All that could be borrowed can be."""
    pool = database._pool
    assert pool is not None
    return database.borrowed == 0 and pool._places + len(pool._idle) == POOL_SIZE


async def connections_of(database: Database) -> int:
    """How many can be borrowed at once."""
    borrowed = [await database.acquire() for _ in range(database.pool_size)]
    for connection in borrowed:
        database.release(connection)
    return len({connection._driver for connection in borrowed})
