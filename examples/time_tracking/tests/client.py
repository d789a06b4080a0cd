"""A REST client for tests: real requests to the application in this process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Self
from uuid import uuid4

import httpx2
from taskhub.app import TaskHub

PASSWORD = "correct horse battery staple"


class Client:
    """One caller. ``user``, ``workspace`` and ``project`` are what they made last. Paths are relative to the workspace."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http
        self.user: dict[str, Any] = {}
        self.workspace: dict[str, Any] = {}
        self.project: dict[str, Any] = {}

    @classmethod
    @asynccontextmanager
    async def of(cls, app: TaskHub) -> AsyncIterator[Self]:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://taskhub.test") as http:
            yield cls(http)

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        """Header names are given with underscores: ``if_match='"1"'``."""
        url = path if path.startswith("/") else f"/v1/workspaces/{self.workspace['id']}/{path}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = {} if body is None else {"json": body}
        return await self.http.request(method, url, headers=named, **content)

    async def get(self, path: str) -> Any:
        return ok(await self.send("GET", path))

    async def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return ok(await self.send("POST", path, body, **headers))

    async def patch(self, path: str, body: Any, **headers: str) -> Any:
        return ok(await self.send("PATCH", path, body, **headers))

    async def sign_up(self, name: str) -> None:
        email = f"{uuid4().hex}@example.com"
        self.user = await self.post("/v1/users", {"email": email, "name": name, "password": PASSWORD})
        session = await self.post("/v1/sessions", {"email": email, "password": PASSWORD})
        self.http.headers["authorization"] = f"Bearer {session['access_token']}"

    async def make_workspace(self) -> None:
        """A workspace of their own, with a project."""
        self.workspace = await self.post("/v1/workspaces", {"name": "Engine room"})
        self.project = await self.post("projects", {"key": "OPS", "name": "Operations"})

    async def make_task(self) -> dict[str, Any]:
        task: dict[str, Any] = await self.post("tasks", {"project_id": self.project["id"], "title": "Oil the engine"})
        return task

    async def invite(self, guest: "Client", role: str = "member") -> None:
        """Makes somebody else a member of the workspace."""
        token = (await self.post("invitations", {"role": role}))["token"]
        await guest.post("/v1/invitations/accept", {"token": token})
        guest.workspace, guest.project = self.workspace, self.project


def ok(answer: httpx2.Response) -> Any:
    """Asserts that an answer is a success, and returns its body."""
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


def problem(answer: httpx2.Response) -> tuple[int, str]:
    """The status and the code of a refusal."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    """Asks again and again until the condition holds. One that never does is a TimeoutError."""
    async with asyncio.timeout(30):
        while not await condition():
            await asyncio.sleep(0.01)
