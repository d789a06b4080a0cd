"""The rules of a member."""

from uuid import uuid4

import pytest

from factories.workspaces import LATER, NOW, MemberFactory
from taskhub.workspaces.application.views import member_view
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.errors import AlreadyMember
from taskhub.workspaces.domain.member import Member


def test_a_member_is_known_by_the_users_id() -> None:
    workspace_id, user_id = uuid4(), uuid4()
    member = Member.join(workspace_id=workspace_id, user_id=user_id, role=Role.VIEWER, now=NOW)
    assert (member.user_id, member.stream_id, member.version) == (user_id, workspace_id, 1)
    assert member.event == "member.joined"


def test_somebody_who_comes_back_takes_the_new_role_and_joins_anew() -> None:
    member = MemberFactory(role=Role.OWNER, left_at=NOW, version=7)
    member.rejoin(Role.VIEWER, LATER)
    assert (member.role, member.joined_at, member.left_at) == (Role.VIEWER, LATER, None)
    assert (member.event, member.version) == ("member.joined", 7)


def test_a_member_does_not_join_twice() -> None:
    with pytest.raises(AlreadyMember):
        MemberFactory().rejoin(Role.OWNER, LATER)


def test_the_same_role_again_leaves_no_trace() -> None:
    member = MemberFactory(role=Role.ADMIN)
    member.change_role(Role.ADMIN, LATER)
    assert (member.event, member.updated_at) == (None, NOW)


def test_the_logged_representation_tells_nothing_of_the_account() -> None:
    assert member_view(MemberFactory()).__struct_fields__ == ("user_id", "role", "version", "joined_at", "left_at")


def test_who_has_left_has_no_role() -> None:
    assert member_view(MemberFactory(role=Role.OWNER)).role == "owner"
    left = member_view(MemberFactory(role=Role.OWNER, left_at=LATER))
    assert (left.role, left.left_at) == (None, LATER)
