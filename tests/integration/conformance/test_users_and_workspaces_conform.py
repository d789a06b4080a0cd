"""The users and workspaces modules keep what every module has to keep.

The rules are asked of API tokens, members and invitations. Accounts, sessions and workspaces are what all others are in.
"""

from typing import ClassVar

from support import resources_of_users, resources_of_workspaces
from taskhub.testing.conformance import Conformance, World
from taskhub.users.module import module as users
from taskhub.workspaces.module import module as workspaces


async def a_member_leaves(world: World) -> None:
    assert (await (await world.client("member")).delete("members/me")).is_success


async def an_invitation_is_open(world: World) -> None:
    await world.add("invitations", {"role": "viewer"})


class TestUsers(Conformance):
    module = users
    resources = resources_of_users.RESOURCES
    triggers = (a_member_leaves,)


class TestWorkspaces(Conformance):
    module = workspaces
    resources = resources_of_workspaces.RESOURCES
    triggers = (a_member_leaves, an_invitation_is_open)
    across_workspaces: ClassVar = {
        "a user's own workspaces": r"FROM members (JOIN workspaces .*)?WHERE members\.user_id = \$1::UUID",
        "one look at the roles of all who ask together": r"^SELECT members\.workspace_id, .* WHERE members\.workspace_id = any\(",
        "the purge asks which invitations are over": r"^SELECT invitations\.workspace_id, .* WHERE invitations\.spent_at IS ",
    }
