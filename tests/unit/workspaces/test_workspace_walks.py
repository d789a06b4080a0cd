"""Whatever its members do to each other: a workspace has an owner, and every change counts one version up."""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from factories.workspaces import NOW, MemberFactory, WorkspaceFactory
from support.fakes.workspaces import FakeWorkspaceStore, FakeWorkspacesUnitOfWork
from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.domain.errors import DomainError
from taskhub.workspaces.application.accept_invitation import AcceptInvitation, accept_invitation
from taskhub.workspaces.application.change_member import ChangeMember, change_member
from taskhub.workspaces.application.create_invitation import CreateInvitation, create_invitation
from taskhub.workspaces.application.remove_member import RemoveMember, remove_member
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.invitation_token import InvitationToken
from taskhub.workspaces.domain.member import Member

USERS = [new_id() for _ in range(4)]
WORKSPACE_ID = new_id()


class Step(NamedTuple):
    verb: str
    actor: int
    subject: int
    role: Role


someone = st.integers(0, len(USERS) - 1)
steps = st.lists(st.builds(Step, st.sampled_from(["invite", "change", "remove"]), someone, someone, st.sampled_from(Role)))


async def take(step: Step, uow: FakeWorkspacesUnitOfWork) -> None:
    actor, subject = USERS[step.actor], USERS[step.subject]
    if step.verb == "change":
        await change_member(ChangeMember(WORKSPACE_ID, subject, step.role, actor, None), uow, clock=lambda: NOW)
    elif step.verb == "remove":
        await remove_member(RemoveMember(WORKSPACE_ID, subject, actor, None), uow, clock=lambda: NOW)
    else:
        token = InvitationToken.mint(WORKSPACE_ID, new_id())
        await create_invitation(CreateInvitation(token, step.role, None, actor), uow, clock=lambda: NOW)
        await accept_invitation(AcceptInvitation(token, subject), uow, clock=lambda: NOW)
    await uow.commit()


def roles(store: FakeWorkspaceStore) -> dict[int, Role]:
    return {USERS.index(member.user_id): member.role for member in store.all(Member) if member.is_active}


def is_right(step: Step, before: dict[int, Role]) -> bool:
    """The table of roles, in other words than the code's."""
    mine, theirs = before.get(step.actor), before.get(step.subject)
    touched = {step.role} if step.verb == "invite" else {theirs, step.role} if step.verb == "change" else {theirs}
    is_allowed = mine is Role.OWNER or (mine is Role.ADMIN and touched <= {Role.VIEWER, Role.MEMBER})
    is_leaving = step.verb == "remove" and step.actor == step.subject and mine is not None
    is_owner_lost = theirs is Role.OWNER and (step.verb == "remove" or (step.verb == "change" and step.role is not Role.OWNER))
    is_last = [*before.values()].count(Role.OWNER) == 1
    is_there = (theirs is None) == (step.verb == "invite")
    return (is_allowed or is_leaving) and is_there and not (is_owner_lost and is_last)


@given(steps)
async def test_members_do_to_each_other_what_the_table_allows(steps: list[Step]) -> None:
    store = FakeWorkspaceStore(
        WorkspaceFactory(id=WORKSPACE_ID), MemberFactory(workspace_id=WORKSPACE_ID, user_id=USERS[0], role=Role.OWNER)
    )
    for step in steps:
        before = roles(store)
        try:
            await take(step, FakeWorkspacesUnitOfWork(store))
        except DomainError:
            assert not is_right(step, before)
        else:
            assert is_right(step, before)
        assert Role.OWNER in roles(store).values()
    joined = store.events.count("member.joined") + store.events.count("member.updated") + store.events.count("member.removed")
    assert sum(member.version for member in store.all(Member)) == joined + 1
