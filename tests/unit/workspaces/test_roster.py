"""Changing and removing members, and the last owner."""

from itertools import product

import pytest

from factories.workspaces import LATER, MemberFactory
from taskhub.kernel.domain.errors import NotAllowed, NotFound
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.errors import LastOwner
from taskhub.workspaces.domain.member import Member
from taskhub.workspaces.domain.rights import may_manage
from taskhub.workspaces.domain.roster import Roster


def member(role: Role) -> Member:
    return MemberFactory(role=role)


def company(*members: Member) -> Roster:
    """A workspace with an owner besides those that a test is about."""
    return Roster([member(Role.OWNER), *members])


def change(roster: Roster, subject: Member, role: Role, *, by: Member) -> None:
    roster.change_role(roster.member_to_manage(subject.user_id, by=by.user_id, giving=role), role, LATER)


@pytest.mark.parametrize(("by", "before", "after"), [*product(Role, Role, Role)])
def test_a_role_changes_only_where_the_actor_handles_both_the_old_and_the_new_one(by: Role, before: Role, after: Role) -> None:
    actor, subject = member(by), member(before)
    roster = company(actor, subject)
    if may_manage(by, before) and may_manage(by, after):
        change(roster, subject, after, by=actor)
        assert subject.role is after
    else:
        with pytest.raises(NotAllowed):
            change(roster, subject, after, by=actor)


@pytest.mark.parametrize(("by", "role"), [*product(Role, Role)])
def test_a_member_is_removed_only_by_those_who_handle_them(by: Role, role: Role) -> None:
    actor, subject = member(by), member(role)
    roster = company(actor, subject)
    if may_manage(by, role):
        roster.remove(roster.member_to_manage(subject.user_id, by=actor.user_id), LATER)
        assert not subject.is_active
    else:
        with pytest.raises(NotAllowed):
            roster.member_to_manage(subject.user_id, by=actor.user_id)


@pytest.mark.parametrize("role", Role)
def test_everyone_may_leave_while_another_owner_stays(role: Role) -> None:
    leaver = member(role)
    company(leaver).remove(leaver, LATER)
    assert leaver.event == "member.removed"


def test_the_last_owner_does_not_leave() -> None:
    owner = member(Role.OWNER)
    with pytest.raises(LastOwner):
        Roster([owner, member(Role.ADMIN)]).remove(owner, LATER)
    assert owner.is_active


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER, Role.ADMIN])
def test_the_last_owner_keeps_the_role(role: Role) -> None:
    owner = member(Role.OWNER)
    with pytest.raises(LastOwner):
        change(Roster([owner]), owner, role, by=owner)


def test_the_last_owner_may_be_made_what_they_are() -> None:
    owner = member(Role.OWNER)
    change(Roster([owner]), owner, Role.OWNER, by=owner)
    assert owner.event is None


def test_an_owner_who_has_left_does_not_count() -> None:
    owner = member(Role.OWNER)
    with pytest.raises(LastOwner):
        Roster([owner, MemberFactory(role=Role.OWNER, left_at=LATER)]).remove(owner, LATER)


def test_one_of_two_owners_leaves_and_the_other_stays() -> None:
    one, other = member(Role.OWNER), member(Role.OWNER)
    roster = Roster([one, other])
    roster.remove(one, LATER)
    with pytest.raises(LastOwner):
        roster.remove(other, LATER)


def test_an_admin_may_leave_though_not_step_down() -> None:
    admin = member(Role.ADMIN)
    roster = company(admin)
    with pytest.raises(NotAllowed):
        change(roster, admin, Role.MEMBER, by=admin)
    roster.remove(roster.member(admin.user_id), LATER)
    assert not admin.is_active


def test_somebody_without_the_right_does_not_learn_who_is_a_member() -> None:
    viewer = member(Role.VIEWER)
    with pytest.raises(NotAllowed):
        company(viewer).member_to_manage(MemberFactory().user_id, by=viewer.user_id)


def test_somebody_who_is_no_member_is_not_found() -> None:
    owner = member(Role.OWNER)
    with pytest.raises(NotFound):
        company(owner).member_to_manage(MemberFactory().user_id, by=owner.id)


def test_an_actor_who_is_no_member_any_more_finds_nothing() -> None:
    former, subject = MemberFactory(role=Role.OWNER, left_at=LATER), member(Role.VIEWER)
    with pytest.raises(NotFound):
        company(former, subject).member_to_manage(subject.user_id, by=former.user_id)
