"""In the process of a suite the service leaves everything as it is; and the asynchronous twin does what the other does."""

import subprocess
import sys

import httpx2
import pytest

from support.harness.waiting import PROGRAM_SECONDS
from taskhub.testing import AsyncTaskHubServer, EventNotSeen

LEFT_ALONE = """
import asyncio, gc, logging, signal, structlog

def state():
    return {
        "collector": (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()),
        "signals": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
        "logging": (logging.root.handlers[:], logging.root.level),
        "structlog": structlog.is_configured(),
        "loop": type(asyncio.new_event_loop()).__module__,
    }

before = state()
from taskhub.testing import TaskHubServer
with TaskHubServer.start("asgi") as server:
    server.tenant().task()
    assert state() == before, state()
assert state() == before, state()
"""


def test_the_process_is_left_as_it_is_and_nothing_is_said() -> None:
    command = [sys.executable, "-c", LEFT_ALONE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("mode", ["process", "asgi"])
async def test_the_asynchronous_twin_does_the_same(mode: str) -> None:
    async with await AsyncTaskHubServer.start(mode) as server:  # type: ignore[arg-type]  # One of the modes.
        tenant = await server.tenant(role="admin")
        task = await tenant.task(title="Oil")
        await tenant.client.patch(f"tasks/{task['key']}", json={"status": "done"})
        assert (await tenant.wait_for("task.updated", entity=task))["changes"]["status"] == ["todo", "done"]
        assert (await tenant.member("viewer")).role == "viewer"
        await tenant.faults.fail("get_task")
        assert (await tenant.client.get(f"tasks/{task['key']}")).status_code == 503
        async with tenant.faults.database_down():
            assert (await tenant.client.get("tasks")).status_code == 503
        await tenant.faults.lose_reply("create_task")
        with pytest.raises(httpx2.RemoteProtocolError):
            await tenant.task()
        session = await tenant.sign_in()
        frozen = await server.clock.freeze()
        assert await server.clock.advance(minutes=15) > frozen
        assert (await tenant.client_with(session["token"]).get("tasks")).json()["code"] == "token_expired"
        assert await server.clock.resume() >= await server.clock.now() - (await server.clock.now() - frozen)
        with pytest.raises(EventNotSeen):
            await tenant.wait_for("task.purged", timeout=0)
        await server.settle()
        assert "trash" in await server.run_purges()
        await server.reset()
        assert (await tenant.service.get("/v1/users/me")).status_code == 401
