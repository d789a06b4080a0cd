"""A service that answers the client of the command line as a test says, without a network."""

from collections.abc import Callable
from typing import Any

import httpx2

from taskhub.client.connection import Connection
from taskhub.client.workspace import Workspace

URL = "http://taskhub.test"
WORKSPACE_ID = "01a22240-07a1-71fe-81e3-5572e412bb7f"
Reply = httpx2.Response | Exception


def ok(body: Any, **headers: str) -> httpx2.Response:
    return httpx2.Response(200, json=body, headers=headers)


def problem(
    status: int, code: str, *, detail: str = "No.", retry: str = "no", headers: Any = None, **more: Any
) -> httpx2.Response:
    body = {"status": status, "title": "Refused", "code": code, "detail": detail, "retry": retry, "request_id": "r1", **more}
    return httpx2.Response(status, json=body, headers=headers)


class FakeService:
    """Answers with its replies, one after the other; the last one for ever. ``requests``: what it was asked. Time passes only by
    waiting.
    """

    def __init__(self, *replies: Reply | Callable[[httpx2.Request], httpx2.Response]) -> None:
        self._replies = [*replies]
        self.requests: list[httpx2.Request] = []
        self.waited: list[float] = []
        self.told: list[str] = []

    def connection(self, token: str | None = "thub_secret") -> Connection:
        return Connection(
            URL,
            token,
            transport=httpx2.MockTransport(self._answer),
            tell=self.told.append,
            sleep=self.waited.append,
            monotonic=lambda: sum(self.waited),
        )

    def workspace(self) -> Workspace:
        return Workspace(self.connection(), WORKSPACE_ID)

    def asked(self) -> list[tuple[str, str]]:
        return [(request.method, request.url.path.removeprefix(f"/v1/workspaces/{WORKSPACE_ID}")) for request in self.requests]

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, httpx2.Response) else reply(request)
