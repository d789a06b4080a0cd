"""From the options of a command to the fields of a task."""

import sys
from collections.abc import Callable, Sequence
from typing import Any

from taskhub.client.dates import NONE, due, now
from taskhub.client.errors import WrongUsage
from taskhub.client.workspace import Workspace


def fields(
    workspace: Workspace,
    title: str | None,
    description: str | None,
    status: str | None,
    priority: str | None,
    when: str | None,
    parent: str | None,
    assignees: Sequence[str] | None,
    labels: Sequence[str] | None,
    blockers: Sequence[str] | None,
) -> dict[str, Any]:
    """Those that were given. `none` clears a field.

    Raises:
        ClientError: somebody or something named in them is not there.
    """
    given = {"title": title, "description": _text(description), "status": status, "priority": priority}
    found: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if when is not None:
        zone = "UTC" if when == NONE else workspace.connection.get("users/me")["time_zone"]
        found["due"] = due(when, zone, now())
    if parent is not None:
        found["parent_id"] = None if parent == NONE else parent
    for name, values, id_of in (
        ("assignee_ids", assignees, workspace.member_id),
        ("label_ids", labels, workspace.label_id),
        ("blocked_by_ids", blockers, str),
    ):
        if values:
            found[name] = _ids(name, values, id_of)
    return found


def _text(description: str | None) -> str | None:
    return sys.stdin.read() if description == "-" else description


def _ids(name: str, values: Sequence[str], id_of: Callable[[str], str]) -> list[str]:
    if NONE not in values:
        return [*dict.fromkeys(map(id_of, values))]
    if len(values) > 1:
        raise WrongUsage(f"`none` can't be combined with others: {name}.")
    return []


def place(
    *, before: str | None, after: str | None, first: bool, last: bool, project: str | None, status: str | None
) -> dict[str, Any]:
    """The body of a move.

    Raises:
        WrongUsage
    """
    places: list[dict[str, Any]] = [{"before": before}] if before else []
    places += [{"after": after}] if after else []
    places += [{"to": "first"}] if first else []
    places += [{"to": "last"}] if last or (project and not (before or after or first)) else []
    if len(places) != 1:
        raise WrongUsage("Where to? Name one of --first, --last, --before, --after, or --to-project.")
    more = {"project_id": project, "status": status}
    return {**places[0], **{name: value for name, value in more.items() if value}}
