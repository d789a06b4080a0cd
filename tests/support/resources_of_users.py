"""The resources of the users module, as the conformance kit asks for them."""

from typing import Any

from taskhub.testing.conformance import Client, Resource, World


def new_token(world: World, client: Client) -> dict[str, Any]:
    return {"name": f"Token {world.unique()}", "scopes": ["read"]}


API_TOKEN = Resource(
    "api_token",
    "/v1/tokens",
    make=new_token,
    text="name",
    secrets=frozenset({"token"}),
    has_version=False,
    is_retryable=False,
)


RESOURCES = (API_TOKEN,)
