"""What is over goes for good, and its log keeps names without values."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Table, bindparam, func, select

from support.harness.api import Api, ok
from support.harness.event_log import ReadLog
from support.harness.trusting_service import NewClient, all_accounts_open
from taskhub.app import TaskHub
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.application.commands import Context
from taskhub.kernel.application.runner import Runner
from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.kernel.infrastructure.event_log.command_log import SqlCommandLog
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.workspaces.application.restore_workspace import RestoreWorkspace
from taskhub.workspaces.domain.errors import NoOwner
from taskhub.workspaces.infrastructure import purge
from taskhub.workspaces.infrastructure.mappings import INVITATIONS, MEMBERS, WORKSPACES
from taskhub.workspaces.infrastructure.purge import WorkspacePurge, purge_invitations
from taskhub.workspaces.infrastructure.unit_of_work import SqlWorkspacesUnitOfWork

DAY = timedelta(days=1)


def now() -> datetime:
    return datetime.now(UTC)


async def purge_workspaces(pool: Database, at: datetime) -> int:
    def begin(attempt: Attempt) -> SqlWorkspacesUnitOfWork:
        return SqlWorkspacesUnitOfWork(pool, EventNotifier(), all_accounts_open, attempt)

    runner = Runner(begin, SqlCommandLog(pool, (WORKSPACES, MEMBERS, INVITATIONS)), system_clock)
    return await WorkspacePurge(runner)(pool, at)


def count_in(table: Table, column: str) -> Statement:
    return Statement(select(func.count()).where(table.c[column] == bindparam("id", type_=table.c[column].type)))


ROWS = [count_in(WORKSPACES.table, "id"), count_in(MEMBERS.table, "workspace_id"), count_in(INVITATIONS.table, "workspace_id")]


async def rows(api: Api, pool: Database) -> list[int]:
    """How many rows there are of the workspace, its members and its invitations."""
    return [(await pool.fetch(statement, {"id": UUID(api.workspace["id"])}))[0][0] for statement in ROWS]


def values(event: dict[str, Any]) -> list[Any]:
    return [event["snapshot"], *event["changes"].values()]


@pytest.fixture
async def deleted(new_client: NewClient, owner: Api) -> Api:
    """Somebody whose workspace, with another member and an invitation, was just deleted."""
    await owner.invite(await new_client())
    ok(await owner.post("invitations", {"role": "viewer"}))
    ok(await owner.patch(f"/v1/workspaces/{owner.workspace['id']}", {"name": "Bridge"}))
    assert (await owner.delete(f"/v1/workspaces/{owner.workspace['id']}")).is_success
    return owner


async def restore(service: TaskHub, api: Api) -> None:
    module = service.state.container.modules["workspaces"]
    await module.restore_workspace().perform(RestoreWorkspace(UUID(api.workspace["id"])), Context())


# -- workspaces ------------------------------------------------------------------------------------


async def test_a_deleted_workspace_is_kept_for_thirty_days(deleted: Api, pool: Database, service: TaskHub) -> None:
    before = await rows(deleted, pool)
    await purge_workspaces(pool, now() + 30 * DAY - timedelta(minutes=1))
    assert await rows(deleted, pool) == before
    await restore(service, deleted)
    assert [item["role"] for item in ok(await deleted.get("members"))["items"]] == ["owner", "member"]


async def test_a_workspace_that_is_there_is_never_purged(owner: Api, pool: Database) -> None:
    await purge_workspaces(pool, now() + 1000 * DAY)
    ok(await owner.get(f"/v1/workspaces/{owner.workspace['id']}"))


async def test_after_thirty_days_nothing_but_names_is_left(deleted: Api, pool: Database, log_of: ReadLog) -> None:
    before = await log_of(deleted)
    assert await purge_workspaces(pool, now() + 30 * DAY) >= 1
    assert await rows(deleted, pool) == [0, 0, 0]
    *events, last = await log_of(deleted)
    assert (last["type"], last["entity_type"], last["seq"]) == ("workspace.purged", "workspace", len(before) + 1)
    assert [event["type"] for event in events] == [event["type"] for event in before]
    assert [event["changes"].keys() for event in events] == [event["changes"].keys() for event in before]
    assert {value for event in [*events, last] for value in values(event)} == {None}


async def test_the_log_of_another_workspace_keeps_its_values(
    new_client: NewClient, deleted: Api, pool: Database, log_of: ReadLog
) -> None:
    another = await new_client()
    await another.open_workspace()
    before = await log_of(another)
    await purge_workspaces(pool, now() + 30 * DAY)
    assert await log_of(another) == before


async def test_an_id_stays_taken_after_everything_else_is_gone(deleted: Api, pool: Database) -> None:
    await purge_workspaces(pool, now() + 30 * DAY)
    answer = await deleted.post("/v1/workspaces", {"id": deleted.workspace["id"], "name": "Again"})
    assert (answer.status_code, answer.json()["code"]) == (409, "id_taken")


async def test_a_long_log_is_scrubbed_in_batches(
    deleted: Api, pool: Database, log_of: ReadLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "BATCH_SIZE", 2)
    await purge_workspaces(pool, now() + 30 * DAY)
    assert {value for event in await log_of(deleted) for value in values(event)} == {None}


async def test_several_processes_purge_a_workspace_once(deleted: Api, pool: Database, log_of: ReadLog) -> None:
    await asyncio.gather(*(purge_workspaces(pool, now() + 30 * DAY) for _ in range(4)))
    assert [event["type"] for event in await log_of(deleted)].count("workspace.purged") == 1


async def test_a_purge_that_was_broken_off_is_finished_by_the_next(
    deleted: Api, pool: Database, service: TaskHub, log_of: ReadLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And meanwhile nobody brings back what is half gone."""

    async def break_off(*_: object) -> None:
        raise ConnectionAbortedError

    with monkeypatch.context() as patch:
        patch.setattr(purge._WorkspacePurgeRun, "scrub", break_off)
        with pytest.raises(ConnectionAbortedError):
            await purge_workspaces(pool, now() + 30 * DAY)
    assert await rows(deleted, pool) == [1, 0, 0]
    with pytest.raises(NoOwner):
        await restore(service, deleted)
    await purge_workspaces(pool, now() + 30 * DAY)
    assert await rows(deleted, pool) == [0, 0, 0]


# -- invitations -----------------------------------------------------------------------------------


async def test_invitations_that_are_over_go_and_open_ones_stay(
    new_client: NewClient, owner: Api, pool: Database, log_of: ReadLog
) -> None:
    await owner.invite(await new_client())
    revoked = ok(await owner.post("invitations", {"role": "viewer"}))
    assert (await owner.delete(f"invitations/{revoked['id']}")).is_success
    still_open = ok(await owner.post("invitations", {"role": "viewer"}))
    assert await purge_invitations(pool, now()) >= 2
    assert (await rows(owner, pool))[2] == 1
    told = [event for event in await log_of(owner) if event["entity_type"] == "invitation"]
    assert [event["snapshot"] is None for event in told] == [True, True, True, True, False]
    assert {value for event in told[:-1] for value in values(event)} == {None}
    assert [item["id"] for item in ok(await owner.get("invitations"))["items"]] == [still_open["id"]]


async def test_an_expired_invitation_goes(owner: Api, pool: Database) -> None:
    ok(await owner.post("invitations", {"role": "viewer"}))
    await purge_invitations(pool, now() + 7 * DAY)
    assert (await rows(owner, pool))[2] == 0


async def test_many_invitations_go_in_batches(owner: Api, pool: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge, "BATCH_SIZE", 2)
    for _ in range(5):
        ok(await owner.post("invitations", {"role": "viewer"}))
    await purge_invitations(pool, now() + 7 * DAY)
    assert (await rows(owner, pool))[2] == 0


# -- restoring -------------------------------------------------------------------------------------


async def test_a_restored_workspace_is_back_for_everyone_at_once(deleted: Api, service: TaskHub) -> None:
    assert (await deleted.get("members")).status_code == 404
    await restore(service, deleted)
    workspace = ok(await deleted.get(f"/v1/workspaces/{deleted.workspace['id']}"))
    assert (workspace["name"], workspace["version"]) == ("Bridge", 4)


async def test_an_operator_sees_what_can_be_restored(deleted: Api, service: TaskHub) -> None:
    queries = service.state.container.modules["workspaces"].queries()
    id = UUID(deleted.workspace["id"])
    (listed,) = [workspace for workspace in await queries.deleted_workspaces(now()) if workspace.id == id]
    assert listed.name == "Bridge"
    assert listed.restorable_until - listed.deleted_at == 30 * DAY
    assert id not in {workspace.id for workspace in await queries.deleted_workspaces(now() + 30 * DAY)}
