"""Users and workspaces keep what is asked of a whole module.

Their resources are no things of a workspace, which the rules for resources are about: accounts, sessions and tokens are a user's
own, and workspaces, members and invitations are what the others are in.
"""

from typing import ClassVar

from taskhub.testing.conformance import Conformance, World
from taskhub.users.module import module as users
from taskhub.workspaces.module import module as workspaces


async def a_member_leaves(world: World) -> None:
    assert (await (await world.client("member")).delete("members/me")).is_success


async def an_invitation_is_open(world: World) -> None:
    await world.add("invitations", {"role": "viewer"})


class TestUsers(Conformance):
    module = users
    triggers = (a_member_leaves,)


class TestWorkspaces(Conformance):
    module = workspaces
    triggers = (a_member_leaves, an_invitation_is_open)
    across_workspaces: ClassVar = {
        "a user's own workspaces": r"FROM members (JOIN workspaces .*)?WHERE members\.user_id = \$1::UUID",
    }
