"""What becomes of workspaces when an account closes, over the unit of work of whoever closes it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import pytest

from support.harness.api import Api, ok
from support.harness.event_log import ReadLog
from support.harness.lock_waits import until_a_lock_is_waited_for
from support.harness.trusting_service import NewClient
from taskhub.app import TaskHub
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.application.commands import Context
from taskhub.kernel.application.runner import Runner
from taskhub.kernel.application.unit_of_work import Attempt, EventLocator
from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.domain.errors import DomainError
from taskhub.kernel.infrastructure.event_log.command_log import SqlCommandLog
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.workspaces.domain.errors import LastOwner
from taskhub.workspaces.infrastructure.membership_exits import sql_membership_exits
from taskhub.workspaces.infrastructure.repositories import SqlWorkspaceRepository

Close = Callable[[Api], Awaitable[None]]


@pytest.fixture
def close(pool: Database) -> Close:
    """Closes somebody's account, as far as workspaces are concerned, by a command of another module."""
    runner = Runner(partial(SqlUnitOfWork, pool, EventNotifier()), SqlCommandLog(pool, ()), system_clock)

    async def close_account(user_id: UUID, uow: SqlUnitOfWork) -> None:
        await sql_membership_exits(uow).leave_all(user_id, now=datetime.now(UTC))

    async def close(api: Api) -> None:
        await runner.perform(close_account, UUID(api.user["id"]), Context())

    return close


async def roles(api: Api) -> dict[str, str]:
    return {item["user_id"]: item["role"] for item in ok(await api.get("members"))["items"]}


async def test_workspaces_of_ones_own_are_deleted(owner: Api, close: Close) -> None:
    await owner.open_workspace()
    await close(owner)
    assert ok(await owner.get("/v1/workspaces"))["items"] == []


async def test_shared_workspaces_go_on_without_the_user(new_client: NewClient, owner: Api, close: Close) -> None:
    guest = await new_client()
    await owner.invite(guest, "owner")
    await close(owner)
    assert await roles(guest) == {guest.user["id"]: "owner"}
    assert ok(await owner.get("/v1/workspaces"))["items"] == []


async def test_somebody_whom_others_depend_on_stays_everywhere(new_client: NewClient, owner: Api, close: Close) -> None:
    depended_upon = owner.workspace["id"]
    await owner.invite(await new_client(), "admin")
    alone = await owner.open_workspace()
    with pytest.raises(LastOwner) as refusal:
        await close(owner)
    assert refusal.value.extra == {"workspace_ids": [UUID(depended_upon)]}
    assert [item["id"] for item in ok(await owner.get("/v1/workspaces"))["items"]] == [depended_upon, alone["id"]]


async def test_somebody_without_workspaces_just_goes(new_client: NewClient, close: Close) -> None:
    await close(await new_client())


async def test_somebody_who_has_left_is_not_ended_twice(new_client: NewClient, owner: Api, close: Close) -> None:
    guest = await new_client()
    await owner.invite(guest)
    assert (await guest.delete("members/me")).is_success
    await close(guest)
    assert (await owner.invite(guest))["version"] == 3


async def test_owners_who_close_their_accounts_at_once_leave_the_others_one(
    new_client: NewClient, owner: Api, close: Close
) -> None:
    """Two owners share several workspaces with somebody else, and go at the same moment: one of them has to stay."""
    for _ in range(20):
        one, other, viewer = await new_client(), await new_client(), await new_client()
        for _ in range(3):
            await one.open_workspace()
            await one.invite(other, "owner")
            await one.invite(viewer, "viewer")
        outcomes = await asyncio.gather(close(one), close(other), return_exceptions=True)
        assert [isinstance(outcome, LastOwner) for outcome in outcomes if outcome] == [True]
        for workspace in ok(await viewer.get("/v1/workspaces"))["items"]:
            viewer.workspace = workspace
            assert [*(await roles(viewer)).values()].count("owner") == 1


async def test_one_owner_closing_and_the_other_leaving_leave_one(new_client: NewClient, close: Close) -> None:
    for _ in range(20):
        one, other, viewer = await new_client(), await new_client(), await new_client()
        await one.open_workspace()
        await one.invite(other, "owner")
        await one.invite(viewer, "viewer")

        async def left(api: Api) -> bool:
            return (await api.delete("members/me")).is_success

        async def closed(api: Api) -> bool:
            try:
                await close(api)
            except DomainError:
                return False
            return True

        assert sorted(await asyncio.gather(closed(one), left(other))) == [False, True]
        assert [*(await roles(viewer)).values()].count("owner") == 1


async def test_a_member_is_one_of_a_workspace_that_is_there(new_client: NewClient, owner: Api, pool: Database) -> None:
    guest = await new_client()
    await owner.invite(guest)
    workspace_id, user_id = UUID(owner.workspace["id"]), UUID(guest.user["id"])

    async def is_member(user_id: UUID, uow: SqlUnitOfWork) -> bool:
        return await sql_membership_exits(uow).is_member(workspace_id, user_id)

    runner = Runner(partial(SqlUnitOfWork, pool, EventNotifier()), SqlCommandLog(pool, ()), system_clock)
    assert await runner.perform(is_member, user_id, Context())
    assert not await runner.perform(is_member, new_id(), Context())
    assert (await guest.delete("members/me")).is_success
    assert not await runner.perform(is_member, user_id, Context())
    assert (await owner.delete(f"/v1/workspaces/{workspace_id}")).is_success
    assert not await runner.perform(is_member, UUID(owner.user["id"]), Context())


async def test_a_lost_commit_is_found_by_what_it_changed_in_another_module(owner: Api, pool: Database, log_of: ReadLog) -> None:
    """A command of the users module that deletes a workspace has no representation of it to show."""
    created = (await log_of(owner))[0]
    place = EventLocator(created["entity_id"], created["entity_id"], 1, created["id"])
    assert await SqlCommandLog(pool, ()).recover(place) == b""


async def test_an_account_closes_once_nobody_depends_on_it(app: TaskHub, ada: Api) -> None:
    """With real accounts, at a real door."""
    async with Api.on(app) as guest:
        await guest.sign_up()
        await ada.invite(guest, "admin")
        refused = await ada.send("DELETE", "/v1/users/me", {"current_password": ada.password})
        assert (refused.status_code, refused.json()["code"]) == (409, "last_owner")
        assert refused.json()["workspace_ids"] == [ada.workspace["id"]]
        ok(await ada.patch(f"members/{guest.user['id']}", {"role": "owner"}))
        assert (await ada.send("DELETE", "/v1/users/me", {"current_password": ada.password})).status_code == 204
        assert await roles(guest) == {guest.user["id"]: "owner"}


async def test_a_workspace_that_is_joined_while_the_account_closes_is_left_as_well(
    app: TaskHub, ada: Api, pool: Database, database_url: str
) -> None:
    """It is joined after the closing has looked for memberships, and before the account is locked."""
    invitation = ok(await ada.post("invitations", {"role": "owner"}))
    async with Api.on(app) as guest, asyncio.TaskGroup() as group:
        await guest.sign_up()
        await guest.open_workspace()
        async with SqlUnitOfWork(pool, EventNotifier(), Attempt(Context(), system_clock())) as uow:
            await uow.lock()
            await SqlWorkspaceRepository(uow).lock_all([UUID(guest.workspace["id"])])
            closing = group.create_task(guest.send("DELETE", "/v1/users/me", {"current_password": guest.password}))
            await until_a_lock_is_waited_for(database_url)
            ok(await guest.post("/v1/invitations/accept", {"token": invitation["token"]}))
        assert (await closing).status_code == 204
    assert await roles(ada) == {ada.user["id"]: "owner"}
