"""What becomes of workspaces when an account closes."""

from itertools import product

import pytest

from factories.workspaces import LATER, NOW, MemberFactory, WorkspaceFactory
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.errors import LastOwner
from taskhub.workspaces.domain.membership_exit import MembershipExit, end_memberships


def tenancy(role: Role = Role.OWNER, *, owners: bool = False, members: bool = False, deleted: bool = False) -> MembershipExit:
    workspace = WorkspaceFactory(deleted_at=NOW if deleted else None)
    return MembershipExit(workspace, MemberFactory(workspace_id=workspace.id, role=role), owners, owners or members)


def test_a_workspace_of_ones_own_is_deleted() -> None:
    alone = tenancy()
    end_memberships([alone], LATER)
    assert (alone.workspace.event, alone.member.event) == ("workspace.deleted", "member.removed")


@pytest.mark.parametrize("role", Role)
def test_a_workspace_with_another_owner_goes_on(role: Role) -> None:
    shared = tenancy(role, owners=True)
    end_memberships([shared], LATER)
    assert (shared.workspace.event, shared.member.event) == (None, "member.removed")


def test_the_sole_owner_of_a_workspace_with_others_stays_and_so_does_everything_else() -> None:
    depended_upon, other = tenancy(members=True), tenancy()
    with pytest.raises(LastOwner) as refusal:
        end_memberships([other, depended_upon], LATER)
    assert refusal.value.extra == {"workspace_ids": [depended_upon.workspace.id]}
    assert [other.workspace.event, other.member.event, depended_upon.member.event] == [None, None, None]


@pytest.mark.parametrize(("owners", "members"), [*product([True, False], repeat=2)])
def test_a_deleted_workspace_holds_nobody(*, owners: bool, members: bool) -> None:
    deleted = tenancy(owners=owners, members=members, deleted=True)
    end_memberships([deleted], LATER)
    assert (deleted.workspace.event, deleted.member.event) == (None, "member.removed")
