"""What a follower of changes holds."""

from typing import Any

from support.harness.webhook_receiver import Received


class Copy:
    """Of a workspace: its things as they were last, and the numbers of the changes that it was given.

    ``last``: the number of the last one that was written, once it is known.
    """

    def __init__(self) -> None:
        self.last: int | None = None
        self.things: dict[str, Any] = {}
        self.seqs: list[int] = []
        self._types: dict[str, str] = {}

    def take(self, change: Any) -> None:
        self.seqs.append(change["seq"])
        self.things[change["entity_id"]] = change["snapshot"]
        self._types[change["entity_id"]] = change["entity_type"]

    @property
    def has_all(self) -> bool:
        return self.seqs[-1:] == [self.last]

    def holds(self, change: Any) -> bool:
        """Whether it has this version of the thing, or a later one."""
        thing = self.things.get(change["entity_id"], {"version": 0})
        return thing is None or thing["version"] >= change["entity_version"]

    def living(self, *types: str) -> dict[str, Any]:
        """Those that are neither gone for good nor in the trash."""
        things = {id: thing for id, thing in self.things.items() if self._types[id] in types}
        return {id: thing for id, thing in things.items() if thing is not None and thing.get("deleted_at") is None}


class DeliveredCopy(Copy):
    """Of what webhooks deliver: in any order, and some of it more than once.

    ``bodies``: what came under each id.
    """

    def __init__(self) -> None:
        super().__init__()
        self.bodies: dict[str, bytes] = {}

    def deliver(self, received: Received) -> None:
        known = self.bodies.setdefault(received.id, received.body)
        assert known == received.body, "an event has one body"
        change = received.message["data"]
        assert change["id"] == received.id
        if self.holds(change):
            self.seqs.append(change["seq"])
        else:
            self.take(change)

    @property
    def has_all(self) -> bool:
        return self.last in self.seqs and len(self.bodies) == self.last - min(self.seqs) + 1
