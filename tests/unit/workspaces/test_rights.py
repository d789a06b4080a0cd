"""The table of roles: who may invite, change and remove whom."""

from itertools import product

import pytest

from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.domain.errors import NotAllowed
from taskhub.workspaces.contract.access import CONTRIBUTE, LEAVE, MANAGE, OWN, READ, Role, WorkspaceAccess
from taskhub.workspaces.domain.rights import may_manage, require_may_manage

MAY_HANDLE = {
    Role.VIEWER: set(),
    Role.MEMBER: set(),
    Role.ADMIN: {Role.VIEWER, Role.MEMBER},
    Role.OWNER: {Role.VIEWER, Role.MEMBER, Role.ADMIN, Role.OWNER},
}


@pytest.mark.parametrize(("actor", "subject"), [*product(Role, Role)])
def test_the_table_says_who_handles_whom(actor: Role, subject: Role) -> None:
    assert may_manage(actor, subject) == (subject in MAY_HANDLE[actor])


@pytest.mark.parametrize(
    ("actor", "told"), [(Role.MEMBER, "takes the role admin; yours is member"), (Role.ADMIN, "Only an owner")]
)
def test_a_refusal_tells_which_role_it_takes(actor: Role, told: str) -> None:
    with pytest.raises(NotAllowed, match=told):
        require_may_manage(actor, Role.OWNER)


@pytest.mark.parametrize(
    ("access", "lowest", "scope"),
    [
        (READ, Role.VIEWER, Scope.READ),
        (LEAVE, Role.VIEWER, Scope.WRITE),
        (CONTRIBUTE, Role.MEMBER, Scope.WRITE),
        (MANAGE, Role.ADMIN, Scope.ADMIN),
        (OWN, Role.OWNER, Scope.ADMIN),
    ],
)
def test_each_right_takes_a_role_and_a_scope(access: WorkspaceAccess, lowest: Role, scope: Scope) -> None:
    assert (access.role, access.scope) == (lowest, scope)


@pytest.mark.parametrize("role", Role)
def test_a_role_is_known_by_its_key(role: Role) -> None:
    assert Role.of(role.key) is role
