"""What a commit consists of, in the order of its locks, without its values."""

from typing import Any, NamedTuple

from taskhub.kernel.infrastructure.unit_of_work.mapping import Claims, Guard, InsertStep, Mapping

EVENT_COLUMNS = (
    "id",
    "type",
    "schema",
    "entity_type",
    "entity_id",
    "entity_version",
    "occurred_at",
    "changes",
    "snapshot",
)


class Write(NamedTuple):
    """``columns``: those of the key first, then what is to be set."""

    kind: str
    mapping: Mapping[Any]
    columns: tuple[str, ...]
    many: bool


RELEASE, CLAIM = "release", "claim"


class ClaimedRows(NamedTuple):
    """Values that are released, or claimed."""

    kind: str
    claims: Claims
    many: bool

    @property
    def part(self) -> str:
        return f"{self.kind}_{self.claims.table.name}"


class CommitShape(NamedTuple):
    """What a commit consists of, without its values: one compiled statement serves all commits of a shape."""

    guards: tuple[tuple[Guard, bool], ...]
    writes: tuple[Write, ...]
    claimed: tuple[ClaimedRows, ...]
    step: InsertStep | None
    keyed: bool
    events: int
    """0, 1, or 2 for "several"."""
    continues: bool = False
    """Whether the command has appended events before, whose first one is given."""

    @property
    def name(self) -> str:
        """What its statement is called: what it writes, without the columns, few enough for a label of metrics."""
        return "commit " + (", ".join(f"{write.kind} {write.mapping.name}" for write in self.writes) or "nothing")
