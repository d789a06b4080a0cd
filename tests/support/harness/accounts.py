"""Helpers for tests of accounts over HTTP."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx2

from support.harness.api import Api
from support.harness.problems import problem

PASSWORD = "a password of some length"
SECRET_KEY = b"a secret key that these tests know, long enough"

Start = Callable[..., Awaitable[Api]]
"""Starts an application of the test's own."""


def registration(**body: Any) -> dict[str, Any]:
    """The body of a registration, good unless told otherwise."""
    return {"email": f"{uuid4().hex}@example.com", "name": "Ada Lovelace", "password": PASSWORD, **body}


def pointers(answer: httpx2.Response) -> list[str]:
    """Where a 422 says that the faults are."""
    return [fault["pointer"] for fault in problem(answer, 422, "validation_failed")["errors"]]


async def within_a_second(ask: Callable[[], Awaitable[httpx2.Response]], status: int) -> httpx2.Response:
    """The first answer with this status, which has to come within a second; until then others are fine."""
    deadline = time.monotonic() + 1.0
    while (answer := await ask()).status_code != status:
        assert time.monotonic() < deadline, f"still {answer.status_code} after a second"
        await asyncio.sleep(0.02)
    return answer


def with_token(api: Api, token: str) -> Api:
    """The same application, asked with another credential."""
    other = Api(httpx2.AsyncClient(transport=api.client._transport, base_url=api.client.base_url))
    other.client.headers["authorization"] = f"Bearer {token}"
    return other


def from_address(api: Api, address: str) -> Api:
    """The same application, asked from somewhere else by somebody who is not signed in."""
    transport = httpx2.ASGITransport(app=api.client._transport.app, client=(address, 50_000))  # type: ignore[attr-defined]  # Ours.
    other = Api(httpx2.AsyncClient(transport=transport, base_url=api.client.base_url))
    other.user = api.user
    return other
