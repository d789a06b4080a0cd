"""What other modules rely on: who is a member, inside their own unit of work."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from factories.workspaces import InvitationFactory, TokenFactory
from support.harness.api import Api
from support.harness.lock_waits import until_a_lock_is_waited_for
from support.harness.trusting_service import NewClient, all_accounts_open
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.application.commands import Context, Reply
from taskhub.kernel.application.unit_of_work import Attempt, ConcurrencyConflict
from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.workspaces.domain.invitation import Invitation
from taskhub.workspaces.infrastructure.memberships import sql_memberships
from taskhub.workspaces.infrastructure.unit_of_work import SqlWorkspacesUnitOfWork


@pytest.fixture
async def workspace_id(owner: Api) -> UUID:
    return UUID(owner.workspace["id"])


def begin(pool: Database, *, locking: bool = False) -> SqlWorkspacesUnitOfWork:
    attempt = Attempt(Context(), system_clock())
    attempt.locking = locking
    return SqlWorkspacesUnitOfWork(pool, EventNotifier(), all_accounts_open, attempt)


async def guard(pool: Database, workspace_id: UUID, *user_ids: UUID) -> frozenset[UUID]:
    """A command of another module: an optimistic one, which writes one thing of its own."""
    async with begin(pool) as uow:
        answer = await sql_memberships(uow).require(workspace_id, user_ids)
        uow.invitations.add(something(workspace_id))
        await uow.commit(None, Reply())
        return answer


def something(workspace_id: UUID) -> Any:
    invitation: Invitation = InvitationFactory(token=TokenFactory(workspace_id=workspace_id))
    invitation._record("invitation.created")
    return invitation


async def test_at_first_everybody_is_taken_for_a_member_without_asking(pool: Database, workspace_id: UUID) -> None:
    strangers = [new_id(), new_id()]
    pool.round_trips = []
    async with begin(pool) as uow:
        assert await sql_memberships(uow).require(workspace_id, strangers) == frozenset(strangers)
    taken, pool.round_trips = pool.round_trips, None
    assert taken == []


async def test_a_commit_that_relies_on_members_goes_through(
    new_client: NewClient, owner: Api, pool: Database, workspace_id: UUID
) -> None:
    guest = await new_client()
    await owner.invite(guest)
    await guard(pool, workspace_id, *(UUID(api.user["id"]) for api in (owner, guest)))


async def test_a_commit_that_relies_on_a_stranger_misses(owner: Api, pool: Database, workspace_id: UUID) -> None:
    with pytest.raises(ConcurrencyConflict):
        await guard(pool, workspace_id, UUID(owner.user["id"]), new_id())


async def test_a_commit_that_relies_on_a_former_member_misses(
    new_client: NewClient, owner: Api, pool: Database, workspace_id: UUID
) -> None:
    guest = await new_client()
    await owner.invite(guest)
    assert (await guest.delete("members/me")).is_success
    with pytest.raises(ConcurrencyConflict):
        await guard(pool, workspace_id, UUID(guest.user["id"]))


async def test_a_change_of_role_is_nothing_to_those_who_rely_on_a_membership(
    new_client: NewClient, owner: Api, pool: Database, workspace_id: UUID
) -> None:
    guest = await new_client()
    await owner.invite(guest)
    async with begin(pool) as uow:
        await sql_memberships(uow).require(workspace_id, [UUID(guest.user["id"])])
        assert (await owner.patch(f"members/{guest.user['id']}", {"role": "viewer"})).is_success
        uow.invitations.add(something(workspace_id))
        await uow.commit(None, Reply())


async def test_under_locks_the_answer_is_who_is_a_member(
    new_client: NewClient, owner: Api, pool: Database, workspace_id: UUID
) -> None:
    former = await new_client()
    await owner.invite(former)
    assert (await former.delete("members/me")).is_success
    member = UUID(owner.user["id"])
    async with begin(pool, locking=True) as uow:
        asked = [member, UUID(former.user["id"]), new_id()]
        assert await sql_memberships(uow).require(workspace_id, asked) == {member}


async def test_under_locks_a_member_stays_one_until_the_end(
    new_client: NewClient, owner: Api, pool: Database, workspace_id: UUID, database_url: str
) -> None:
    guest = await new_client()
    await owner.invite(guest)
    async with begin(pool, locking=True) as uow:
        await sql_memberships(uow).require(workspace_id, [UUID(guest.user["id"])])
        leaving = asyncio.create_task(guest.delete("members/me"))
        await until_a_lock_is_waited_for(database_url)
        assert not leaving.done()
    assert (await leaving).status_code == 204
