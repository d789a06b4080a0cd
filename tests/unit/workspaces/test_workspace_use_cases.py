"""The commands, over a unit of work in memory."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from factories.workspaces import NOW, InvitationFactory, MemberFactory, TokenFactory, WorkspaceFactory
from support.fakes.workspaces import FakeWorkspaceStore, FakeWorkspacesUnitOfWork
from taskhub.kernel.domain.errors import NotAllowed, NotFound, StaleVersion, ValidationFailed
from taskhub.workspaces.application.accept_invitation import AcceptInvitation, accept_invitation
from taskhub.workspaces.application.change_member import ChangeMember, change_member
from taskhub.workspaces.application.create_invitation import CreateInvitation, create_invitation
from taskhub.workspaces.application.remove_member import RemoveMember, remove_member
from taskhub.workspaces.application.restore_workspace import RestoreWorkspace, restore_workspace
from taskhub.workspaces.application.revoke_invitation import RevokeInvitation, revoke_invitation
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.errors import AlreadyMember, LastOwner, NoOwner
from taskhub.workspaces.domain.invitation import LIFETIME, MAX_LIFETIME

MOMENT = timedelta(microseconds=1)
TOKEN = TokenFactory()
WORKSPACE = WorkspaceFactory(id=TOKEN.workspace_id)
OWNER = MemberFactory(workspace_id=WORKSPACE.id, role=Role.OWNER)
ADMIN = MemberFactory(workspace_id=WORKSPACE.id, role=Role.ADMIN)
GUEST = uuid4()


def clock() -> datetime:
    return NOW


def uow(*more: object, workspace: object = WORKSPACE) -> FakeWorkspacesUnitOfWork:
    return FakeWorkspacesUnitOfWork(FakeWorkspaceStore(workspace, OWNER, ADMIN, *more))  # type: ignore[arg-type]  # People, whoever.


def invitation(**fields: object) -> object:
    return InvitationFactory(token=TOKEN, **fields)


# -- invitations -----------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [NOW + MOMENT, NOW + MAX_LIFETIME])
async def test_an_invitation_lives_as_long_as_is_wanted(wanted: datetime) -> None:
    created = await create_invitation(CreateInvitation(TOKEN, Role.VIEWER, wanted, ADMIN.user_id), uow(), clock=clock)
    assert created.expires_at == wanted


async def test_an_invitation_lives_seven_days_unless_set() -> None:
    created = await create_invitation(CreateInvitation(TOKEN, Role.VIEWER, None, ADMIN.user_id), uow(), clock=clock)
    assert created.expires_at == NOW + LIFETIME == NOW + timedelta(days=7)


@pytest.mark.parametrize("wanted", [NOW, NOW - MOMENT, NOW + MAX_LIFETIME + MOMENT])
async def test_an_invitation_neither_expires_in_the_past_nor_lives_for_ever(wanted: datetime) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        await create_invitation(CreateInvitation(TOKEN, Role.VIEWER, wanted, ADMIN.user_id), uow(), clock=clock)
    assert refusal.value.faults[0].pointer == "/expires_at"


async def test_an_admin_invites_nobody_to_be_an_admin() -> None:
    with pytest.raises(NotAllowed):
        await create_invitation(CreateInvitation(TOKEN, Role.ADMIN, None, ADMIN.user_id), uow(), clock=clock)


async def test_a_former_member_invites_nobody() -> None:
    former = MemberFactory(workspace_id=WORKSPACE.id, role=Role.OWNER, left_at=NOW)
    with pytest.raises(NotFound):
        await create_invitation(CreateInvitation(TOKEN, Role.VIEWER, None, former.user_id), uow(former), clock=clock)


async def test_an_admin_does_not_take_back_what_only_an_owner_gives() -> None:
    store = uow(invitation(role=Role.OWNER))
    with pytest.raises(NotAllowed):
        await revoke_invitation(RevokeInvitation(WORKSPACE.id, TOKEN.id, ADMIN.user_id, None), store, clock=clock)
    await revoke_invitation(RevokeInvitation(WORKSPACE.id, TOKEN.id, OWNER.user_id, None), store, clock=clock)


@pytest.mark.parametrize("over", [{"spent_at": NOW}, {"expires_at": NOW}])
async def test_an_invitation_that_is_over_is_not_there_any_more(over: dict[str, object]) -> None:
    with pytest.raises(NotFound):
        await revoke_invitation(
            RevokeInvitation(WORKSPACE.id, TOKEN.id, OWNER.user_id, None), uow(invitation(**over)), clock=clock
        )


async def test_accepting_makes_a_member_of_the_role_and_spends_the_invitation() -> None:
    work = uow(invitation(role=Role.ADMIN))
    member = await accept_invitation(AcceptInvitation(TOKEN, GUEST), work, clock=clock)
    await work.commit()
    assert (member.user_id, member.role) == (GUEST, Role.ADMIN)
    assert sorted(work.store.events) == ["invitation.accepted", "member.joined"]


async def test_who_comes_back_continues_their_version() -> None:
    former = MemberFactory(workspace_id=WORKSPACE.id, role=Role.OWNER, left_at=NOW, version=4)
    work = uow(former, invitation(role=Role.VIEWER))
    member = await accept_invitation(AcceptInvitation(TOKEN, former.user_id), work, clock=clock)
    await work.commit()
    assert (member.version, member.role) == (5, Role.VIEWER)


@pytest.mark.parametrize("over", [{"spent_at": NOW}, {"expires_at": NOW}, {"digest": b"another"}])
async def test_a_token_that_is_used_expired_or_wrong_opens_nothing(over: dict[str, object]) -> None:
    with pytest.raises(NotFound):
        await accept_invitation(AcceptInvitation(TOKEN, GUEST), uow(invitation(**over)), clock=clock)


async def test_a_token_of_a_deleted_workspace_opens_nothing() -> None:
    work = uow(invitation(), workspace=WorkspaceFactory(id=WORKSPACE.id, deleted_at=NOW))
    with pytest.raises(NotFound):
        await accept_invitation(AcceptInvitation(TOKEN, GUEST), work, clock=clock)


async def test_a_member_does_not_use_up_an_invitation() -> None:
    work = uow(invitation())
    with pytest.raises(AlreadyMember):
        await accept_invitation(AcceptInvitation(TOKEN, ADMIN.user_id), work, clock=clock)
    assert work.loaded[type(invitation()), (WORKSPACE.id, TOKEN.id)].spent_at is None


async def test_a_member_with_a_used_token_learns_that_it_is_used() -> None:
    with pytest.raises(NotFound):
        await accept_invitation(AcceptInvitation(TOKEN, ADMIN.user_id), uow(invitation(spent_at=NOW)), clock=clock)


# -- members ---------------------------------------------------------------------------------------


async def test_a_role_is_changed_under_a_lock() -> None:
    work = uow()
    await change_member(ChangeMember(WORKSPACE.id, ADMIN.user_id, Role.VIEWER, OWNER.user_id, None), work, clock=clock)
    assert work.is_locking


async def test_a_member_is_removed_under_a_lock() -> None:
    work = uow()
    await remove_member(RemoveMember(WORKSPACE.id, ADMIN.user_id, OWNER.user_id, None), work, clock=clock)
    assert work.is_locking


async def test_the_right_is_checked_before_the_version_and_the_version_before_the_rule() -> None:
    with pytest.raises(NotAllowed):
        await remove_member(RemoveMember(WORKSPACE.id, OWNER.user_id, ADMIN.user_id, frozenset({9})), uow(), clock=clock)
    with pytest.raises(StaleVersion):
        await remove_member(RemoveMember(WORKSPACE.id, OWNER.user_id, OWNER.user_id, frozenset({9})), uow(), clock=clock)
    with pytest.raises(LastOwner):
        await remove_member(RemoveMember(WORKSPACE.id, OWNER.user_id, OWNER.user_id, frozenset({1})), uow(), clock=clock)


async def test_a_change_without_a_role_changes_nothing() -> None:
    member = await change_member(ChangeMember(WORKSPACE.id, ADMIN.user_id, None, OWNER.user_id, None), uow(), clock=clock)
    assert (member.role, member.event) == (Role.ADMIN, None)


async def test_nobody_is_a_member_of_a_deleted_workspace() -> None:
    work = uow(workspace=WorkspaceFactory(id=WORKSPACE.id, deleted_at=NOW))
    with pytest.raises(NotFound):
        await remove_member(RemoveMember(WORKSPACE.id, ADMIN.user_id, OWNER.user_id, None), work, clock=clock)


# -- restoring -------------------------------------------------------------------------------------


async def test_an_operator_restores_a_workspace_with_an_owner() -> None:
    work = uow(workspace=WorkspaceFactory(id=WORKSPACE.id, deleted_at=NOW - timedelta(days=30)))
    assert not (await restore_workspace(RestoreWorkspace(WORKSPACE.id), work, clock=clock)).is_deleted


async def test_a_workspace_without_an_owner_is_not_restored() -> None:
    workspace = WorkspaceFactory(deleted_at=NOW)
    with pytest.raises(NoOwner):
        await restore_workspace(RestoreWorkspace(workspace.id), uow(workspace), clock=clock)


async def test_a_workspace_is_not_restored_after_thirty_days() -> None:
    workspace = WorkspaceFactory(id=WORKSPACE.id, deleted_at=NOW - timedelta(days=30, microseconds=1))
    with pytest.raises(NotFound):
        await restore_workspace(RestoreWorkspace(WORKSPACE.id), uow(workspace=workspace), clock=clock)


async def test_restoring_what_was_not_deleted_changes_nothing() -> None:
    assert (await restore_workspace(RestoreWorkspace(WORKSPACE.id), uow(), clock=clock)).event is None
