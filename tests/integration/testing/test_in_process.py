"""In the process of a suite the service leaves everything as it is; and the asynchronous twin does what the other does."""

import os
import subprocess
import sys
from typing import Any

import httpx2
import pytest

from support.harness.waiting import PROGRAM_SECONDS
from taskhub.testing import AsyncTaskHubServer, EventNotSeen, ServerNotStarted, TaskHubServer
from taskhub.testing.client.in_process import running_service

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
        with pytest.raises(EventNotSeen) as told:
            await tenant.wait_for("task.purged", timeout=0)
        assert ("TASKHUB TESTING SERVER" in str(getattr(told.value, "__notes__", ""))) is (mode == "process")
        await server.settle()
        assert "trash" in await server.run_purges()
        await server.reset()
        assert (await tenant.service.get("/v1/users/me")).status_code == 401


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "unknown": ({"rate_limit": "on"}, r"TASKHUB_RATE_LIMIT is not a setting of TaskHub\. Did you mean TASKHUB_RATE_LIMITS\?"),
    "of a module": ({"tasks_surprise": 1}, "TASKHUB_TASKS_SURPRISE is not a setting of TaskHub"),
    "wrong": ({"limit_writes_per_user": 0}, "TASKHUB_LIMIT_WRITES_PER_USER: Input should be greater than or equal to 1"),
    "a database": ({"database_url": "postgresql://ada@127.0.0.1/precious"}, "TASKHUB_DATABASE_URL is set"),
}


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("mode", ["process", "asgi"])
async def test_wrong_settings_stop_the_start_in_each_mode_and_are_named(mode: Any, case: str) -> None:
    settings, told = WRONG[case]
    with pytest.raises(ServerNotStarted, match=told):
        TaskHubServer.start(mode, settings=settings)
    with pytest.raises(ServerNotStarted, match=told):
        await AsyncTaskHubServer.start(mode, settings=settings)


async def test_what_is_set_has_effect_in_the_process_of_the_suite_and_its_environment_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TASKHUB_REGISTRATION", "closed")
    monkeypatch.setenv("TASKHUB_DATABASE_URL", "postgresql://ada@127.0.0.1/precious")
    before = dict(os.environ)
    given = {"secret_key": "k" * 40, "cors_origins": ["http://a.test", "http://b.test"], "require_if_match": True}
    async with running_service(given, "secret") as transport:
        async with httpx2.AsyncClient(transport=transport, base_url="http://taskhub.test") as client:
            assert (await client.get("/v1")).json()["registration"] == "open"
            answer = await client.get("/v1", headers={"origin": "http://b.test"})
            assert answer.headers["access-control-allow-origin"] == "http://b.test"
        container = transport.apps["taskhub.test"].state.container
        assert container.secret_keys() == (b"k" * 40,)
        assert container.settings().require_if_match
    assert dict(os.environ) == before


@pytest.mark.parametrize("mode", ["process", "asgi"])
async def test_a_server_may_be_stopped_twice_and_is_not_reached_any_more(mode: Any) -> None:
    with TaskHubServer.start(mode) as server:
        client = server.client()
        server.stop()
        with pytest.raises(httpx2.ConnectError):
            client.get("/v1")
    async with await AsyncTaskHubServer.start(mode) as twin:
        asynchronous = twin.client()
        await twin.stop()
        with pytest.raises(httpx2.ConnectError):
            await asynchronous.get("/v1")


def test_a_mode_that_there_is_not_is_named() -> None:
    with pytest.raises(ServerNotStarted, match=r"no mode 'proces'\. There are `process`, `asgi` and `container`"):
        TaskHubServer.start("proces")  # type: ignore[arg-type]  # That is what is tested.


async def test_the_container_says_what_to_install_where_testcontainers_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "testcontainers.core.container", None)
    monkeypatch.delitem(sys.modules, "taskhub.testing.container", raising=False)
    with pytest.raises(ServerNotStarted, match=r'pip install "taskhub\[testing-container\]"'):
        TaskHubServer.start("container")
    with pytest.raises(ServerNotStarted, match=r'pip install "taskhub\[testing-container\]"'):
        await AsyncTaskHubServer.start("container")
