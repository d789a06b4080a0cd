"""What a follower of changes holds."""

from typing import Any


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

    def living(self, *types: str) -> dict[str, Any]:
        """Those that are neither gone for good nor in the trash."""
        things = {id: thing for id, thing in self.things.items() if self._types[id] in types}
        return {id: thing for id, thing in things.items() if thing is not None and thing.get("deleted_at") is None}
