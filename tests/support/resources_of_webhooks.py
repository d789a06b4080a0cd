"""The resources of the webhooks module, as the conformance kit asks for them."""

from typing import Any

from taskhub.testing.conformance import Client, Resource, World


def new_webhook(world: World, client: Client) -> dict[str, Any]:
    """It is off: nothing is sent to anybody."""
    return {"url": f"https://hooks.example.com/{world.unique()}", "types": ["task.created"], "active": False}


WEBHOOK = Resource(
    "webhook",
    "webhooks",
    make=new_webhook,
    patches=[
        {"url": "https://other.example.com/hook"},
        {"types": ["task.updated", "task.created"]},
        {"description": "Feeds the index"},
        {"active": True},
    ],
    text="description",
    roles=dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), "admin"),
    secrets=frozenset({"secret"}),
    is_retryable=False,
    round_trips={"POST": 9, "PATCH": 5},  # Another URL or being switched on changes the queue, in a transaction.
)

RESOURCES = (WEBHOOK,)
