"""A reset waits for what works on the data, and keeps out what comes."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from support.harness.waiting import PATIENCE_SECONDS, eventually
from taskhub.kernel.application.errors import Busy
from taskhub.testing.control.fault_registry import FaultRegistry
from taskhub.testing.control.faults import FaultyRouter
from taskhub.testing.control.gate import Gate


class FakeRouter:
    """Answers when it is let to. ``calls``: how many requests it was given; ``received``: how many of them with their body."""

    routes = ()

    def __init__(self) -> None:
        self.calls = self.received = 0
        self.may_answer, self.may_end = asyncio.Event(), asyncio.Event()

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        self.calls += 1
        await receive()
        self.received += 1
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.may_end.wait()


async def _ignore(_: Any) -> None: ...


class Scene:
    """Requests in front of a gate, and a reset."""

    def __init__(self) -> None:
        self.gate, self.faults, self.router = Gate(), FaultRegistry(), FakeRouter()
        self.front = FaultyRouter(self.router, self.faults, self.gate)
        self.resets = 0
        self.is_sent = asyncio.Event()
        self.is_sent.set()

    async def _receive(self) -> dict[str, Any]:
        await self.is_sent.wait()
        return {"type": "http.request", "body": b"", "more_body": False}

    def request(self, path: str = "/v1/users/me") -> asyncio.Task[None]:
        scope = {"type": "http", "method": "GET", "path": path, "headers": []}
        return asyncio.create_task(self.front(scope, self._receive, _ignore))

    def reset(self, seconds: float = PATIENCE_SECONDS) -> asyncio.Task[None]:
        return asyncio.create_task(self._reset(seconds))

    async def _reset(self, seconds: float) -> None:
        async with self.gate.closed(seconds):
            assert self.router.calls == 1, "nobody else came in"
            self.resets += 1

    async def are_called(self, calls: int) -> None:
        await eventually(lambda: asyncio.sleep(0, self.router.calls == calls))


async def test_a_reset_waits_for_requests_and_holds_back_those_that_come() -> None:
    scene = Scene()
    first = scene.request()
    await scene.are_called(1)
    reset, second = scene.reset(), scene.request()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (scene.resets, scene.router.calls) == (0, 1)
    scene.router.may_end.set()
    scene.router.may_answer.set()
    await asyncio.wait_for(asyncio.gather(reset, first, second), PATIENCE_SECONDS)
    assert (scene.resets, scene.router.calls) == (1, 2)


async def test_whoever_reads_the_answer_slowly_holds_up_nothing() -> None:
    scene = Scene()
    request = scene.request()
    scene.router.may_answer.set()
    await scene.are_called(1)
    await asyncio.wait_for(scene.reset(), PATIENCE_SECONDS)
    assert scene.resets == 1
    scene.router.may_end.set()
    await asyncio.wait_for(request, PATIENCE_SECONDS)


async def test_whoever_sends_the_request_slowly_holds_up_nothing_and_comes_afterwards() -> None:
    scene = Scene()
    scene.is_sent.clear()
    request = scene.request()
    await scene.are_called(1)
    async with scene.gate.closed(PATIENCE_SECONDS):
        scene.is_sent.set()
        for _ in range(5):
            await asyncio.sleep(0)
        assert scene.router.received == 0
    scene.router.may_end.set()
    scene.router.may_answer.set()
    await asyncio.wait_for(request, PATIENCE_SECONDS)
    assert scene.router.received == 1


async def test_what_is_late_by_a_fault_has_not_begun() -> None:
    scene = Scene()
    scene.faults.add(
        kind="delay",
        operation_id=None,
        problem=None,
        seconds=PATIENCE_SECONDS * 10,
        after_commit=False,
        times=None,
        workspace_id=None,
        user_id=None,
    )
    late = scene.request()
    await asyncio.sleep(0)
    scene.router.calls = 1
    await asyncio.wait_for(scene.reset(), PATIENCE_SECONDS)
    assert scene.resets == 1
    late.cancel()


async def test_a_request_that_does_not_end_is_named_and_the_gate_is_open_again() -> None:
    scene = Scene()
    requests = [scene.request("/v1/users/me")]
    await scene.are_called(1)
    with pytest.raises(Busy, match=r"after 0\.01 seconds there are still requests under way: GET /v1/users/me\."):
        await scene.reset(0.01)
    requests.append(scene.request())
    await scene.are_called(2)
    scene.router.may_end.set()
    scene.router.may_answer.set()
    await asyncio.wait_for(asyncio.gather(*requests), PATIENCE_SECONDS)


async def test_of_many_requests_some_are_named() -> None:
    gate = Gate()
    for _ in range(100):
        await gate.enter(f"GET /{uuid4()}")
    with pytest.raises(Busy, match="and 95 more"):
        async with gate.closed(0):
            raise AssertionError("it is not empty")
