"""Many clients at once, who do something at random for a while, and a record of what they asked and were answered."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from random import Random
from time import monotonic
from typing import Any, NamedTuple, Self
from uuid import uuid4

from support.harness.api import Api
from support.harness.waiting import PATIENCE_SECONDS
from taskhub.app import TaskHub
from taskhub.container import Container


class Request(NamedTuple):
    """``path`` is below the workspace that the client is in, unless it starts at the root."""

    method: str
    path: str
    body: Any = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer. ``id`` is the request's, by which the log names it; ``sent`` and ``came`` are seconds."""

    id: str
    request: Request
    sent: float
    came: float
    status: int
    answer: Any

    @property
    def code(self) -> str | None:
        """What a refusal is called."""
        return self.answer.get("code") if isinstance(self.answer, dict) and self.status >= 400 else None

    @property
    def outcome(self) -> tuple[int, str | None]:
        return self.status, self.code


Act = Callable[[Api, Random], Awaitable[None]]


class ClientGroup:
    """Clients of one user, spread over several applications: each has a container, and so connections, of its own.

    The first one is there to prepare what the crowd is to work on. ``exchanges`` keeps what was sent through the crowd.
    """

    def __init__(self, clients: list[Api]) -> None:
        self.clients = clients
        self.exchanges: list[Exchange] = []

    @classmethod
    @asynccontextmanager
    async def on(cls, containers: Iterable[Container], size: int) -> AsyncIterator[Self]:
        async with AsyncExitStack() as stack:
            apps = [TaskHub(container) for container in containers]
            for app in apps:
                await stack.enter_async_context(app.router.lifespan_context(app))
            clients = [await stack.enter_async_context(Api.on(apps[n % len(apps)])) for n in range(size)]
            await clients[0].sign_up()
            for client in clients:
                client.client.headers["authorization"] = clients[0].client.headers["authorization"]
                client.sends_again = True
            yield cls(clients)

    @property
    def leader(self) -> Api:
        return self.clients[0]

    def follow(self) -> None:
        """Takes all to the workspace and the project that the leader is in."""
        for client in self.clients:
            client.workspace, client.project = self.leader.workspace, self.leader.project

    async def send(self, api: Api, request: Request) -> Exchange:
        exchange = await recorded_exchange(api, request)
        self.exchanges.append(exchange)
        return exchange

    async def act(self, seconds: float, *acts: Act) -> None:
        """Lets all clients act again and again for so long; with several acts they take them in turns."""
        end = monotonic() + seconds
        async with asyncio.timeout(seconds + PATIENCE_SECONDS), asyncio.TaskGroup() as group:
            for n, client in enumerate(self.clients):
                group.create_task(_until(end, acts[n % len(acts)], client, Random(n)))


async def recorded_exchange(api: Api, request: Request) -> Exchange:
    id, sent = uuid4().hex, monotonic()
    answer = await api.send(*request, x_request_id=id)
    body = answer.json() if answer.content else None
    return Exchange(id, request, sent, monotonic(), answer.status_code, body)


async def _until(end: float, act: Act, client: Api, random: Random) -> None:
    while monotonic() < end:
        await act(client, random)
