"""The promises of the unit of work, kept by the real one and by the one in memory that other tests rely on."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from factories.workspaces import NOW, InvitationFactory, MemberFactory, TokenFactory, WorkspaceFactory
from support.fakes.workspaces import FakeWorkspaceStore, FakeWorkspacesUnitOfWork
from support.harness.trusting_service import all_accounts_open
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.application.commands import Context, Reply
from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.kernel.domain.errors import NotFound, StaleVersion
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.workspaces.application.ports import WorkspacesUnitOfWork
from taskhub.workspaces.application.views import invitation_view, member_view, workspace_view
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.invitation import Invitation
from taskhub.workspaces.domain.member import Member
from taskhub.workspaces.domain.workspace import Workspace
from taskhub.workspaces.infrastructure.unit_of_work import SqlWorkspacesUnitOfWork

EVENTS = {Workspace: "workspace.created", Member: "member.joined", Invitation: "invitation.created"}

Begin = Callable[[], WorkspacesUnitOfWork]
Put = Callable[..., Awaitable[None]]


@pytest.fixture(params=["postgres", "memory"])
def begin(request: pytest.FixtureRequest, pool: Database) -> Begin:
    store, notifier = FakeWorkspaceStore(), EventNotifier()
    if request.param == "memory":
        return lambda: FakeWorkspacesUnitOfWork(store)
    return lambda: SqlWorkspacesUnitOfWork(pool, notifier, all_accounts_open, Attempt(Context(), system_clock()))


@pytest.fixture
def put(begin: Begin) -> Put:
    """Commits new things."""

    async def put(*things: Any) -> None:
        async with begin() as uow:
            repositories: dict[type, Any] = {Workspace: uow.workspaces, Member: uow.members, Invitation: uow.invitations}
            for thing in things:
                thing._record(EVENTS[type(thing)])
                repositories[type(thing)].add(thing)
            await uow.commit(None, Reply())

    return put


async def test_what_was_committed_is_found_as_it_was(begin: Begin, put: Put) -> None:
    workspace = WorkspaceFactory()
    member = MemberFactory(workspace_id=workspace.id, role=Role.ADMIN)
    invitation = InvitationFactory(token=TokenFactory(workspace_id=workspace.id), role=Role.VIEWER)
    await put(workspace, member, invitation)
    async with begin() as uow:
        found = await uow.workspaces.get(workspace.id)
        assert workspace_view(found) == workspace_view(workspace)
        joined = await uow.members.find(workspace.id, member.user_id)
        assert joined is not None
        assert member_view(joined) == member_view(member)
        pending = await uow.invitations.find(workspace.id, invitation.id)
        assert pending is not None
        assert invitation_view(pending) == invitation_view(invitation)
        assert pending.digest == invitation.digest


async def test_what_is_not_there_is_not_found(begin: Begin) -> None:
    async with begin() as uow:
        with pytest.raises(NotFound):
            await uow.workspaces.get(uuid4())
        assert await uow.members.find(uuid4(), uuid4()) is None
        assert await uow.invitations.find(uuid4(), uuid4()) is None


async def test_a_deleted_workspace_is_found_on_demand_only(begin: Begin, put: Put) -> None:
    workspace = WorkspaceFactory(deleted_at=NOW)
    await put(workspace)
    async with begin() as uow:
        assert await uow.workspaces.find(workspace.id) is None
        assert (await uow.workspaces.get(workspace.id, with_deleted=True)).is_deleted


async def test_another_version_than_expected_is_stale(begin: Begin, put: Put) -> None:
    workspace = WorkspaceFactory()
    await put(workspace)
    async with begin() as uow:
        with pytest.raises(StaleVersion):
            await uow.workspaces.get(workspace.id, expected=frozenset({2}))


async def test_a_former_member_is_still_found(begin: Begin, put: Put) -> None:
    former = MemberFactory(left_at=NOW)
    await put(former)
    async with begin() as uow:
        found = await uow.members.find(former.workspace_id, former.user_id)
        assert found is not None
        assert not found.is_active


async def test_a_roster_holds_the_owners_and_those_who_are_asked_for(begin: Begin, put: Put) -> None:
    workspace_id = uuid4()
    owner, admin, viewer = (MemberFactory(workspace_id=workspace_id, role=role) for role in (Role.OWNER, Role.ADMIN, Role.VIEWER))
    former = MemberFactory(workspace_id=workspace_id, role=Role.OWNER, left_at=NOW)
    await put(owner, admin, viewer, former, MemberFactory(user_id=viewer.user_id, role=Role.OWNER))
    async with begin() as uow:
        await uow.lock()
        roster = await uow.members.roster(workspace_id, [viewer.user_id, former.user_id])
        assert roster.has_owner
        assert roster.member(viewer.user_id).role is Role.VIEWER
        for absent in (admin, former):
            with pytest.raises(NotFound):
                roster.member(absent.user_id)


async def test_a_change_is_the_next_version_and_the_same_thing_afterwards(begin: Begin, put: Put) -> None:
    workspace = WorkspaceFactory()
    await put(workspace)
    async with begin() as uow:
        found = await uow.workspaces.get(workspace.id)
        found.change(name="Other", time_zone="Asia/Tokyo", now=NOW)
        answer = await uow.commit(found, Reply())
        assert answer.version == 2
    async with begin() as uow:
        assert workspace_view(await uow.workspaces.get(workspace.id)) == workspace_view(found)


async def test_what_is_not_committed_did_not_happen(begin: Begin, put: Put) -> None:
    workspace = WorkspaceFactory(name="Before")
    await put(workspace)
    async with begin() as uow:
        (await uow.workspaces.get(workspace.id)).change(name="After", time_zone="UTC", now=NOW)
    async with begin() as uow:
        assert (await uow.workspaces.get(workspace.id)).name == "Before"
