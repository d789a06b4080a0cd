"""A REST client for tests: real requests against the real application, in this process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self
from uuid import uuid4

import httpx2

from support.harness.leaving_streams import LeavingStreams
from support.harness.waiting import PATIENCE_SECONDS
from taskhub.app import TaskHub

PASSWORD = "correct horse battery staple"
MERGE_PATCH = "application/merge-patch+json"


class Api:
    """One caller. ``user``, ``workspace`` and ``project`` are the representations of what they made last."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client
        self.user: dict[str, Any] = {}
        self.workspace: dict[str, Any] = {}
        self.project: dict[str, Any] = {}
        self.password = PASSWORD
        self.sends_again = False
        """Sends again what is told 503 with ``retry: safe``, as clients should: many at once keep a slow machine busy."""

    @classmethod
    @asynccontextmanager
    async def on(cls, app: TaskHub) -> AsyncIterator[Self]:
        transport = httpx2.ASGITransport(app=LeavingStreams(app))
        async with httpx2.AsyncClient(transport=transport, base_url="http://taskhub.test") as client:
            yield cls(client)

    # -- requests --------------------------------------------------------------------------------

    async def get(self, path: str, **parameters: Any) -> httpx2.Response:
        headers = parameters.pop("headers", None)
        return await self._answer("GET", path, params=parameters or None, headers=headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        return await self.send("POST", path, body, **headers)

    async def patch(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        return await self.send("PATCH", path, body, **headers)

    async def put(self, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        return await self.send("PUT", path, body, **headers)

    async def delete(self, path: str, **headers: str) -> httpx2.Response:
        return await self.send("DELETE", path, None, **headers)

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        """Header names are given with underscores: ``if_match='"1"'``."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = {} if body is None else {"json": body}
        return await self._answer(method, path, headers=named, **content)

    async def _answer(self, method: str, path: str, **content: Any) -> httpx2.Response:
        async with asyncio.timeout(PATIENCE_SECONDS if self.sends_again else None):
            while (answer := await self.client.request(method, self.at(path), **content)).status_code == 503 and self.sends_again:
                assert answer.json()["retry"] == "safe", answer.text
        return answer

    def at(self, path: str) -> str:
        """A path below the current workspace, unless it starts at the root."""
        return path if path.startswith("/") else f"/v1/workspaces/{self.workspace['id']}/{path}"

    # -- steps that tests start from -------------------------------------------------------------

    async def sign_up(self, **body: Any) -> dict[str, Any]:
        email = body.pop("email", f"{uuid4().hex}@example.com")
        answer = await self.post("/v1/users", {"email": email, "name": "Ada", "password": self.password, **body})
        self.user = ok(answer)
        await self.sign_in(email)
        return self.user

    async def sign_in(self, email: str) -> dict[str, Any]:
        tokens = ok(await self.post("/v1/sessions", {"email": email, "password": self.password}))
        self.client.headers["authorization"] = f"Bearer {tokens['access_token']}"
        return tokens

    async def open_workspace(self, **body: Any) -> dict[str, Any]:
        self.workspace = ok(await self.post("/v1/workspaces", {"name": "Engine room", **body}))
        return self.workspace

    async def open_project(self, **body: Any) -> dict[str, Any]:
        self.project = ok(await self.post("projects", {"key": "OPS", "name": "Operations", **body}))
        return self.project

    async def add_task(self, title: str = "Oil the engine", **body: Any) -> dict[str, Any]:
        return ok(await self.post("tasks", {"project_id": self.project["id"], "title": title, **body}))

    async def invite(self, guest: "Api", role: str = "member") -> dict[str, Any]:
        """Makes someone else a member of the current workspace."""
        token = ok(await self.post("invitations", {"role": role}))["token"]
        member = ok(await guest.post("/v1/invitations/accept", {"token": token}))
        guest.workspace, guest.project = self.workspace, self.project
        return member


def ok(answer: httpx2.Response) -> Any:
    """Asserts that an answer is a success, and returns its body."""
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    return answer.json()
