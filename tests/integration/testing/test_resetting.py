"""An empty service again."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from taskhub.kernel.contract.events import Event
from taskhub.kernel.infrastructure.postgres.rows import Row
from taskhub.modules.discovery import installed_modules
from taskhub.tasks.application.background.release_former_member import ReleaseFormerMember
from taskhub.testing import ControlRefused, NotSettled, TaskHubServer, Tenant
from taskhub.testing.control import control, reset
from taskhub.testing.control.database import TestingDatabase
from taskhub.testing.control.reset import empty_tables
from taskhub.users.infrastructure.last_use import LastUse

PATIENCE_SECONDS = 60.0


def test_nothing_is_left(server: TaskHubServer) -> None:
    tenant = server.tenant()
    tenant.task()
    tenant.faults.fail("create_task")
    assert tenant.client.get("tasks").status_code == 200
    server.clock.advance(days=400)

    server.reset()

    assert tenant.client.get("tasks").status_code == 401, "what the process remembered is gone as well"
    assert server.faults.active() == []
    assert abs(server.clock.now() - datetime.now(UTC)) < timedelta(minutes=5)
    assert server.tenant().client.get("tasks").json()["items"] == []


def test_purges_run_when_they_are_asked_to(server: TaskHubServer) -> None:
    assert set(server.run_purges()) >= {"trash", "workspaces", "invitations"}


@pytest.mark.parametrize("most", [-1, reset.MAX_BYTES_TO_DELETE], ids=["much", "little"])
def test_much_is_removed_as_well_as_little(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(reset, "MAX_BYTES_TO_DELETE", most)
    with TaskHubServer.start("asgi") as server:
        tenant = server.tenant()
        tenant.task()
        server.reset()
        body = {"email": tenant.email, "password": tenant.password}
        assert server.client().post("/v1/sessions", json=body).status_code == 401
        again = server.client().post("/v1/users", json={**body, "name": "Ada"})
        assert again.status_code == 201, "the address is free"


class HeldOperation:
    """An operation whose requests wait, when they have begun, until they may go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, operation_id: str) -> None:
        self.has_begun, self._may_go_on = threading.Event(), threading.Event()
        operation = next(one for one in installed_modules().operations if one.operation_id == operation_id)
        monkeypatch.setattr(operation, "call", self._held(operation.call))

    def _held(self, call: Callable[..., Any]) -> Callable[..., Any]:
        async def held(*args: Any, **named: Any) -> Any:
            self.has_begun.set()
            await asyncio.to_thread(self._may_go_on.wait, PATIENCE_SECONDS)
            return await call(*args, **named)

        return held

    def wait_until_begun(self) -> None:
        assert self.has_begun.wait(PATIENCE_SECONDS)

    def let_go_on(self) -> None:
        self._may_go_on.set()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as pool:
        yield pool


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch, pool: ThreadPoolExecutor) -> Iterator[HeldOperation]:
    """Goes on before its threads are waited for (``pool``)."""
    held = HeldOperation(monkeypatch, "create_task")
    yield held
    held.let_go_on()


class Emptied:
    """How many rows each reset finds. It has begun to remove them, and may do it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.found: list[int] = []
        self.began, self.may_go_on = threading.Event(), threading.Event()
        self.may_go_on.set()
        monkeypatch.setattr(control, "empty_tables", self._empty_tables)

    async def _empty_tables(self, database: TestingDatabase) -> None:
        self.began.set()
        await asyncio.to_thread(self.may_go_on.wait, PATIENCE_SECONDS)
        self.found.append(await rows_in(database))
        await empty_tables(database)


async def rows_in(database: TestingDatabase) -> int:
    counts = " + ".join(f'(SELECT count(*) FROM "{name}")' for name in Row.metadata.tables)
    async with database.connection() as connection:
        return int(await connection._driver.fetchval(f"SELECT {counts}"))  # Names of our own tables.


def create_task(tenant: Tenant) -> int:
    return tenant.client.post("tasks", json={"project_id": tenant.project_id, "title": "Oil"}).status_code


def test_a_reset_waits_for_the_requests_that_are_under_way_and_holds_back_others(
    monkeypatch: pytest.MonkeyPatch, held: HeldOperation, pool: ThreadPoolExecutor
) -> None:
    emptied = Emptied(monkeypatch)
    emptied.may_go_on.clear()
    with TaskHubServer.start("asgi") as server:
        tenant = server.tenant()
        writing = pool.submit(create_task, tenant)
        held.wait_until_begun()
        resetting = pool.submit(server.reset)
        try:
            assert not emptied.began.wait(0.2)
            held.let_go_on()
            assert emptied.began.wait(PATIENCE_SECONDS)
            late = pool.submit(create_task, tenant)
        finally:
            emptied.may_go_on.set()
        resetting.result(PATIENCE_SECONDS)
        assert (writing.result(PATIENCE_SECONDS), late.result(PATIENCE_SECONDS)) == (201, 401)
        server.reset()
    assert emptied.found[0] > 0
    assert emptied.found[1] == 0, "the late one came to nothing"


def test_a_request_that_does_not_end_is_named_and_nothing_is_removed(
    monkeypatch: pytest.MonkeyPatch, held: HeldOperation, pool: ThreadPoolExecutor
) -> None:
    monkeypatch.setattr(control, "RESET_SECONDS", 0.1)
    with TaskHubServer.start("asgi") as server:
        tenant = server.tenant()
        writing = pool.submit(create_task, tenant)
        held.wait_until_begun()
        with pytest.raises(ControlRefused, match=rf"still requests under way: POST /v1/workspaces/{tenant.workspace_id}/tasks\."):
            server.reset()
        held.let_go_on()
        assert writing.result(PATIENCE_SECONDS) == 201
        monkeypatch.setattr(control, "RESET_SECONDS", PATIENCE_SECONDS)
        server.reset()
        assert create_task(tenant) == 401


def test_a_reset_waits_for_what_the_background_is_in_the_middle_of(
    monkeypatch: pytest.MonkeyPatch, pool: ThreadPoolExecutor
) -> None:
    emptied = Emptied(monkeypatch)
    is_at_work, may_end = threading.Event(), threading.Event()
    handle = ReleaseFormerMember.handle

    async def slowly(self: ReleaseFormerMember, event: Event, uow: Any) -> bool:
        is_at_work.set()
        await asyncio.to_thread(may_end.wait, PATIENCE_SECONDS)
        return await handle(self, event, uow)

    monkeypatch.setattr(ReleaseFormerMember, "handle", slowly)
    with TaskHubServer.start("asgi") as server:
        tenant = server.tenant()
        tenant.client.delete(f"members/{tenant.member().user_id}").raise_for_status()
        assert is_at_work.wait(PATIENCE_SECONDS)
        resetting = pool.submit(server.reset)
        try:
            assert not emptied.began.wait(0.2)
        finally:
            may_end.set()
        resetting.result(PATIENCE_SECONDS)
        server.reset()
    assert emptied.found[1] == 0


def test_the_loops_of_the_background_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []

    async def run(_: LastUse) -> None:
        runs.append("began")
        try:
            await asyncio.Event().wait()
        finally:
            runs.append("ended")

    monkeypatch.setattr(LastUse, "run", run)
    with TaskHubServer.start("asgi") as server:
        server.reset()
        server.tenant()
        assert runs == ["began", "ended", "began"]


def test_nothing_is_left_of_what_writers_do_beside_it(monkeypatch: pytest.MonkeyPatch, pool: ThreadPoolExecutor) -> None:
    emptied = Emptied(monkeypatch)

    def write(tenant: Tenant, member: str) -> None:
        """Until there is nothing more to write to: leaves work for subscribers, too."""
        while create_task(tenant) == 201:
            tenant.client.post("tasks", json={"project_id": tenant.project_id, "title": "Oil", "assignee_ids": [member]})
            tenant.client.delete(f"members/{member}")

    with TaskHubServer.start("asgi") as server:
        for _ in range(3):
            tenants = [server.tenant() for _ in range(4)]
            writing = [pool.submit(write, tenant, tenant.member().user_id) for tenant in tenants]
            for tenant in tenants:
                tenant.wait_for("task.created", timeout=PATIENCE_SECONDS)
            server.reset()
            for one in writing:
                one.result(PATIENCE_SECONDS)
            server.reset()
    assert min(emptied.found[::2]) > 0
    assert max(emptied.found[1::2]) == 0


def test_the_background_goes_on_afterwards(server: TaskHubServer) -> None:
    server.reset()
    tenant = server.tenant()
    member = tenant.member()
    task = tenant.task(assignee_ids=[member.user_id])
    tenant.client.delete(f"members/{member.user_id}").raise_for_status()
    assert tenant.wait_for("task.updated", entity=task, timeout=PATIENCE_SECONDS)["changes"]["assignee_ids"][1] == []


def test_whoever_waits_for_the_background_meanwhile_is_told(monkeypatch: pytest.MonkeyPatch, pool: ThreadPoolExecutor) -> None:
    has_begun = threading.Event()

    async def hang(_: LastUse) -> None:
        has_begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(LastUse, "flush", hang)
    with TaskHubServer.start("asgi") as server:
        tenant = server.tenant()
        assert tenant.client_with(tenant.sign_in()["token"]).get("tasks").status_code == 200
        advancing = pool.submit(server.clock.advance, days=400, timeout=PATIENCE_SECONDS)
        assert has_begun.wait(PATIENCE_SECONDS)
        server.reset()
        with pytest.raises(NotSettled, match="the service was reset meanwhile"):
            advancing.result(PATIENCE_SECONDS)
        assert abs(server.clock.now() - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_database_that_is_away_again_meanwhile_is_emptied(monkeypatch: pytest.MonkeyPatch, pool: ThreadPoolExecutor) -> None:
    emptied = Emptied(monkeypatch)
    emptied.may_go_on.clear()
    with TaskHubServer.start("asgi") as server:
        tenant = server.tenant()
        server.faults.fail("create_task")
        resetting = pool.submit(server.reset)
        try:
            assert emptied.began.wait(PATIENCE_SECONDS)
            with server.faults.database_down():
                emptied.may_go_on.set()
                resetting.result(PATIENCE_SECONDS)
                assert server.faults.active() == [], "all faults end with the data"
        finally:
            emptied.may_go_on.set()
        assert tenant.client.get("tasks").status_code == 401


def test_many_resets_at_once_are_done_one_after_the_other(server: TaskHubServer, pool: ThreadPoolExecutor) -> None:
    for done in [pool.submit(server.reset) for _ in range(8)]:
        done.result(PATIENCE_SECONDS)
    assert server.tenant().client.get("tasks").json()["items"] == []
