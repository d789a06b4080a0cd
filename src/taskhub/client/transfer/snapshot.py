"""All that a workspace is at one moment, as the API shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from taskhub.client.errors import Refused
from taskhub.client.transfer.history import START, changes
from taskhub.client.workspace import Workspace

Thing = dict[str, Any]
LOGGED = ("label", "project", "task", "comment")
"""Kinds of which the log has the whole representation."""
FOR_ADMINS = ("invitation", "webhook")
KINDS = ("member", *FOR_ADMINS, *LOGGED)
LISTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("member", "members", {}),
    ("member", "members", {"former": True}),
    ("label", "labels", {}),
    ("project", "projects", {}),
    ("project", "projects", {"deleted": True}),
    ("task", "tasks", {"sort": "rank"}),
    ("task", "tasks", {"sort": "rank", "deleted": True}),
)
"""By kind: what is read, with which parameters."""


@dataclass
class Snapshot:
    """Things by kind and id. Tasks of a project are in the order of their places; things in the trash are among them."""

    workspace: Thing = field(default_factory=dict)
    things: dict[str, dict[str, Thing]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    unreadable: list[str] = field(default_factory=list)
    """Kinds that the token or the role does not show."""

    def all(self, kind: str) -> list[Thing]:
        return [*self.things[kind].values()]

    def add(self, kind: str, thing: Thing) -> None:
        self.things[kind][thing["user_id" if kind == "member" else "id"]] = thing


def read(workspace: Workspace, since: str, keep: Callable[[Thing], None]) -> Snapshot:
    """The workspace at the end of its log. ``since``: where the log begins; ``keep`` is given each change of it.

    The lists are read first, then the log, whose snapshots bring them all to the same moment. Comments are only read by task
    where the log does not go back to them.

    Raises:
        ClientError
    """
    snapshot = Snapshot()
    for kind, path, parameters in LISTS:
        for thing in workspace.every(path, **parameters):
            snapshot.add(kind, thing)
    for kind in FOR_ADMINS:
        _read_for_admins(workspace, snapshot, kind)
    if since != START:
        _read_comments(workspace, snapshot)
    for change in changes(workspace, since):
        _apply(snapshot, change)
        keep(change)
    snapshot.workspace = workspace.get()
    return snapshot


def _read_comments(workspace: Workspace, snapshot: Snapshot) -> None:
    for task in snapshot.all("task"):
        if task["deleted_at"] is None:
            for comment in workspace.every(f"tasks/{task['id']}/comments"):
                snapshot.add("comment", comment)


def _read_for_admins(workspace: Workspace, snapshot: Snapshot, kind: str) -> None:
    try:
        for thing in workspace.every(f"{kind}s"):
            snapshot.add(kind, thing)
    except Refused as refused:
        if refused.problem["status"] != 403:
            raise
        snapshot.unreadable.append(f"{kind}s")


def _apply(snapshot: Snapshot, change: Mapping[str, Any]) -> None:
    kind, id, after = change["entity_type"], change["entity_id"], change["snapshot"]
    if kind not in LOGGED:
        return
    held = snapshot.things[kind].get(id)
    if after is None:
        snapshot.things[kind].pop(id, None)
    elif held is None or after["version"] > held["version"]:
        snapshot.add(kind, after)
