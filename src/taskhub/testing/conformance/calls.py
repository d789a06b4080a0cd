"""Who sends requests, and what is sent."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from taskhub.kernel.api.operations import Operation
from taskhub.testing.conformance.resources import Json
from taskhub.testing.conformance.service import Person, Service

MAX_RETRIES = 8


class Client:
    """One caller in one workspace: paths are below it, unless they begin with `/`. Names of headers have underscores."""

    def __init__(self, service: Service, workspace: str, person: Person | None, token: str | None) -> None:
        self.http = service.http(token)
        self.workspace = workspace
        self.person = person

    @property
    def id(self) -> str:
        assert self.person is not None, "nobody is signed in"
        return self.person.id

    def path(self, path: str) -> str:
        return path if path.startswith("/") else f"/v1/workspaces/{self.workspace}/{path}"

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content: dict[str, Any] = {} if body is None else {"json": body}
        return await self.http.request(method, self.path(path), headers=named, **content)

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self.send("GET", path, **headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        return await self.send("POST", path, body, **headers)

    async def put(self, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        return await self.send("PUT", path, body, **headers)

    async def patch(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        return await self.send("PATCH", path, body, **headers)

    async def delete(self, path: str, **headers: str) -> httpx2.Response:
        return await self.send("DELETE", path, **headers)


@dataclass(frozen=True)
class ResourceCall:
    """A request about a resource that would succeed.

    ``template`` is its path with parameters in braces, ``params`` are their values; ``own`` are the parameters that name the
    thing and what it is in. ``version`` is that of the thing before.
    """

    name: str
    method: str
    template: str
    params: Mapping[str, Any]
    operation: Operation
    role: str
    body: Json | None = None
    own: tuple[str, ...] = ()
    version: int = 0

    @property
    def path(self) -> str:
        return self.template.format(**self.params)

    def path_with(self, **params: str) -> str:
        return self.template.format(**{**self.params, **params})

    @property
    def changes(self) -> bool:
        """Whether it changes a thing that is there."""
        return self.operation.writes and not self.operation.creates

    async def send(self, client: Client, **headers: str) -> httpx2.Response:
        return await client.send(self.method, self.path, self.body, **headers)

    def __str__(self) -> str:
        return self.name


async def retried(
    send: Callable[[], Awaitable[httpx2.Response]], *, has_key: bool = False, first: httpx2.Response | None = None
) -> httpx2.Response:
    """The last answer to a client that sends a request again as long as `retry` says that it may: on a slow machine a write may
    be refused as `busy`. ``first``: the answer to the first one, where it was sent already.
    """
    allowed = {"safe", "same_key"} if has_key else {"safe"}
    answer = await send() if first is None else first
    for _ in range(MAX_RETRIES):
        if answer.status_code != 503 or answer.json().get("retry") not in allowed:
            break
        answer = await send()
    return answer
