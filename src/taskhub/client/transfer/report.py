"""What of an export is not the same in the workspace that it was put into: found by reading it again."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from taskhub.client.transfer.people import People
from taskhub.client.transfer.snapshot import Snapshot

BY_SERVICE = "the service sets it"
REASONS = {
    "workspace_id": "it is another workspace",
    "version": "it counts the changes since the import",
    "created_at": BY_SERVICE,
    "updated_at": BY_SERVICE,
    "closed_at": BY_SERVICE,
    "deleted_at": BY_SERVICE,
    "archived_at": BY_SERVICE,
    "edited_at": BY_SERVICE,
    "created_by_id": "it is whoever imports",
    "author_id": "it is whoever imports",
    "joined_at": BY_SERVICE,
    "assignee_ids": "they are no members here",
    "mentioned_ids": "they are no members here",
    "role": "an import invites nobody",
}
COMPARED = ("label", "project", "task", "comment")


@dataclass(frozen=True, slots=True)
class Loss:
    """``count`` things of a kind have another value than the file, or are not there (then ``field`` is empty)."""

    kind: str
    field: str
    count: int
    why: str


def losses(exported: Snapshot, there: Snapshot, people: People, changes: int) -> Iterator[Loss]:
    if exported.workspace.get("name") != there.workspace.get("name"):
        yield Loss("workspace", "name", 1, "it keeps its name, by which the import is run again")
    for kind in COMPARED:
        yield from _losses_of(kind, exported, there, people)
    left_out = (
        ("member", len(people.missing), f"they are no members here: {', '.join(people.missing)}"),
        ("invitation", len(exported.all("invitation")), "its token is a secret"),
        ("webhook", len(exported.all("webhook")), "its secret is not in the file: make it anew"),
        ("change", changes, "the history of the workspace stays in the file"),
    )
    yield from (Loss(kind, "", count, why) for kind, count, why in left_out if count)


def _losses_of(kind: str, exported: Snapshot, there: Snapshot, people: People) -> Iterator[Loss]:
    found: Counter[str] = Counter()
    for id, thing in exported.things[kind].items():
        held = there.things[kind].get(id)
        found.update([""] if held is None else _differing(thing, held, people))
    for field, count in sorted(found.items()):
        yield Loss(kind, field, count, REASONS.get(field, "it differs") if field else "it is not there")


def _differing(thing: dict[str, object], held: dict[str, object], people: People) -> Iterator[str]:
    for field, value in thing.items():
        if _comparable(field, value, people) != _comparable(field, held.get(field), None):
            yield field


def _comparable(field: str, value: object, people: People | None) -> object:
    """Ids have no order. What the file says of people is compared as what they are called here."""
    if field == "body" and people is not None and isinstance(value, str):
        return people.mentioned(value)
    if not isinstance(value, list):
        return value
    return people.all_ids(value) if people is not None and field in ("assignee_ids", "mentioned_ids") else sorted(value)
