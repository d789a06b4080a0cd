"""The resources of the workspaces module, as the conformance kit asks for them."""

from typing import Any
from uuid import UUID

from taskhub.kernel.contract.ids import derived_id
from taskhub.testing.conformance import Client, Resource, World


async def new_member(world: World) -> dict[str, Any]:
    return await world.newcomer("member")


def id_of_member(thing: dict[str, Any]) -> str:
    """A member has no id of their own: it is made of the user's."""
    return str(derived_id(UUID(thing["user_id"])))


MEMBER = Resource(
    "member",
    "members",
    create=new_member,
    patches=[{"role": "viewer"}],
    item="members/{user_id}",
    roles={"PATCH": "admin", "DELETE": "admin"},
    added=frozenset({"name", "email"}),
    has_etag=False,
    is_kept=True,
    entity_id=id_of_member,
    round_trips={"GET": 2, "LIST": 2, "PATCH": 6, "DELETE": 5},
)


def new_invitation(world: World, client: Client) -> dict[str, Any]:
    return {"role": "viewer"}


INVITATION = Resource(
    "invitation",
    "invitations",
    make=new_invitation,
    roles={"POST": "admin", "DELETE": "admin"},
    secrets=frozenset({"token"}),
    has_version=False,
    is_retryable=False,
)


RESOURCES = (MEMBER, INVITATION)
