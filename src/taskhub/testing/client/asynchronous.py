"""A testing server, for tests that await its answers. Everything is called as in `TaskHubServer`."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from functools import cached_property
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2

from taskhub.testing.client import calls
from taskhub.testing.client.account_data import AccountData
from taskhub.testing.client.errors import EventNotSeen, NotSettled, add_log
from taskhub.testing.client.launch import Launched, Mode
from taskhub.testing.client.modes import launch
from taskhub.testing.client.server import REQUEST_SECONDS
from taskhub.testing.client.tenant import created, task_body
from taskhub.testing.client.transports import AsyncSharedTransport

T = TypeVar("T")
Json = dict[str, Any]
Send = Callable[[calls.Call[Any]], Awaitable[Any]]


class AsyncTaskHubServer:
    """`TaskHubServer`, awaited: `async with await AsyncTaskHubServer.start("asgi") as taskhub:`."""

    def __init__(self, launched: Launched, stack: AsyncExitStack, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        """``stack``: what ends with the server."""
        self.url = launched.url
        self.control_url = launched.control_url
        self.secret = launched.secret
        self._launched = launched
        self._stack = stack
        self._transport = AsyncSharedTransport(transport)
        self._control = self.client(launched.secret, base=launched.control_url)
        self.clock = AsyncClock(self.call)
        self.faults = AsyncFaults(self.call)

    @classmethod
    async def start(cls, mode: Mode = "process", *, settings: Mapping[str, Any] | None = None, reuse: bool = False) -> Self:
        """As `TaskHubServer.start`. With `asgi` the service runs in the event loop of the caller.

        Raises:
            ServerNotStarted
        """
        stack = AsyncExitStack()
        if mode == "asgi":
            from taskhub.testing.client.in_process import CONTROL_URL, URL, running_service

            secret = secrets.token_urlsafe(32)
            transport = await stack.enter_async_context(running_service(settings or {}, secret))
            return cls(Launched(URL, CONTROL_URL, secret, _nothing), stack, transport)
        launched = await asyncio.to_thread(launch, mode, settings or {}, reuse=reuse)
        stack.push_async_callback(asyncio.to_thread, launched.stop)
        return cls(launched, stack)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.stop()

    async def stop(self) -> None:
        await self._transport.really_close()
        await self._stack.aclose()

    @property
    def log(self) -> str:
        return self._launched.log()

    async def tenant(self, role: str = "owner", project: str | None = "TEST") -> AsyncTenant:
        return AsyncTenant(self, await self.call(calls.tenant(role, project)))

    async def reset(self) -> None:
        await self.call(calls.reset())

    async def settle(self, timeout: float = calls.TIMEOUT_SECONDS) -> None:  # noqa: ASYNC109  # The server waits, and says what is left.
        await self.call(calls.settle(timeout))

    async def run_purges(self) -> dict[str, int]:
        return await self.call(calls.run_purges())

    def client(self, token: str | None = None, path: str = "", *, base: str | None = None) -> httpx2.AsyncClient:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return httpx2.AsyncClient(
            base_url=(base or self.url) + path,
            headers=headers,
            transport=self._transport,
            timeout=REQUEST_SECONDS,
            trust_env=False,
        )

    async def call(self, call: calls.Call[T]) -> T:
        answer = await self._control.request(**call.request())
        try:
            return call.result(answer)
        except (NotSettled, EventNotSeen) as error:
            add_log(error, self.log)
            raise


class AsyncAccount(AccountData):
    """`Account`, awaited."""

    def __init__(self, server: AsyncTaskHubServer, workspace_id: str, account: Json, role: str) -> None:
        super().__init__(workspace_id, account, role)
        self._server = server

    @cached_property
    def client(self) -> httpx2.AsyncClient:
        return self.client_with(self.token)

    @cached_property
    def service(self) -> httpx2.AsyncClient:
        return self._server.client(self.token)

    def client_with(self, token: str) -> httpx2.AsyncClient:
        return self._server.client(token, f"/v1/workspaces/{self.workspace_id}/")

    async def sign_in(self) -> Json:
        return await self._server.call(calls.session(self.user_id))

    async def api_token(self, scope: str = "admin", *, lifetime: timedelta | None = None, bound: bool = False) -> str:
        return await self._server.call(calls.api_token(self.user_id, scope, lifetime, self.workspace_id if bound else None))


class AsyncTenant(AsyncAccount):
    """`Tenant`, awaited."""

    def __init__(self, server: AsyncTaskHubServer, made: Json) -> None:
        super().__init__(server, made["workspace_id"], made["account"], made["role"])
        self.project_id: str | None = made["project_id"]
        self.project_key: str | None = made["project_key"]
        is_owner = made["owner"]["user_id"] == self.user_id
        self.owner: AsyncAccount = self if is_owner else AsyncAccount(server, self.workspace_id, made["owner"], "owner")

    @property
    def faults(self) -> AsyncFaults:
        return AsyncFaults(self._server.call, {"workspace_id": self.workspace_id, "user_id": self.user_id})

    async def member(self, role: str = "member") -> AsyncAccount:
        made = await self._server.call(calls.member(self.workspace_id, role))
        return AsyncAccount(self._server, self.workspace_id, made, role)

    async def task(self, **body: Any) -> Json:
        return created(await self.owner.client.post("tasks", json=task_body(self.project_id, body)))

    async def wait_for(
        self,
        type: str,
        *,
        entity: str | Mapping[str, Any] | None = None,
        after: int | Mapping[str, Any] | None = None,
        timeout: float = calls.TIMEOUT_SECONDS,  # noqa: ASYNC109  # The server waits, and says what it saw.
    ) -> Json:
        return await self._server.call(calls.event(self.workspace_id, type, entity, after, timeout))


class AsyncClock:
    """`Clock`, awaited."""

    def __init__(self, call: Send) -> None:
        self._call = call

    async def now(self) -> datetime:
        answer: datetime = await self._call(calls.now())
        return answer

    async def advance(
        self,
        step: timedelta | None = None,
        *,
        timeout: float = calls.TIMEOUT_SECONDS,  # noqa: ASYNC109  # The server waits, and says what is left.
        **parts: float,
    ) -> datetime:
        answer: datetime = await self._call(calls.advance(step if step is not None else timedelta(**parts), timeout))
        return answer

    async def freeze(self) -> datetime:
        answer: datetime = await self._call(calls.freeze())
        return answer

    async def resume(self) -> datetime:
        answer: datetime = await self._call(calls.resume())
        return answer


class AsyncFaults:
    """`Faults`, awaited."""

    def __init__(self, call: Send, bound: Mapping[str, str] | None = None) -> None:
        self._call = call
        self._bound = bound or {}

    async def fail(
        self, operation_id: str, *, code: str = "unavailable", times: int | None = 1, after_commit: bool = False
    ) -> str:
        return await self._add("fail", operation_id=operation_id, code=code, times=times, after_commit=after_commit)

    async def lose_reply(self, operation_id: str, *, times: int | None = 1) -> str:
        return await self._add("lose_reply", operation_id=operation_id, times=times)

    async def delay(self, operation_id: str, seconds: float, *, times: int | None = None) -> str:
        return await self._add("delay", operation_id=operation_id, seconds=seconds, times=times)

    @asynccontextmanager
    async def database_down(self) -> AsyncIterator[None]:
        id = await self._add("database_down")
        try:
            yield
        finally:
            await self.end(id)

    async def active(self) -> list[Json]:
        listed: list[Json] = await self._call(calls.list_faults())
        return listed

    async def end(self, id: str) -> None:
        await self._call(calls.end_fault(id))

    async def clear(self) -> None:
        await self._call(calls.end_faults(self._bound.get("workspace_id")))

    async def _add(self, kind: str, **of: Any) -> str:
        id: str = await self._call(calls.add_fault(kind, self._bound, **of))
        return id


def _nothing() -> None: ...
