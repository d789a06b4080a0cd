"""The changes of a workspace as they happen."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from taskhub.client.dates import shown
from taskhub.client.errors import NotReachable
from taskhub.client.output import note
from taskhub.client.retries import pause
from taskhub.client.text import one_line
from taskhub.client.workspace import Workspace

_UNINTERESTING = frozenset(
    {"updated_at", "status_category", "due_at", "closed_at", "edited_at", "version", "user_id", "joined_at"}
)
"""Fields that follow from others, or are told otherwise."""
MAX_VALUE = 60


def follow(
    workspace: Workspace,
    since: str,
    types: Sequence[str],
    *,
    tell: Callable[[str], None] = note,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Any]:
    """The changes from this moment on, without an end. A stream that ends or breaks is taken up where it stopped.

    Raises:
        ClientError: the workspace can't be read (any more).
    """
    last_id, failures, start = None, 0, since
    if since == "now":  # Asked for once: a stream that breaks before its first event would begin at a later `now`.
        last_id, start = workspace.get("changes", from_="now", limit=1)["next_cursor"], ""
    while True:
        try:
            with workspace.stream("stream", last_id, from_=None if last_id else start, type=[*types] or None) as lines:
                for id, data in events(lines):
                    failures, last_id = 0, id or last_id
                    if data:
                        yield json.loads(data)
        except NotReachable as error:
            failures += 1
            seconds = pause(failures, None)
            tell(f"{error} Connecting again in {seconds:.3g} s.")
            sleep(seconds)


def events(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The events of a stream: `id` and `data`, each empty where there is none."""
    id, data = "", []
    for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            id = value
        elif name == "data":
            data.append(value)
        elif not line:
            yield id, "\n".join(data)
            id, data = "", []


def sentence(workspace: Workspace, change: Mapping[str, Any], zone: str) -> str:
    """A change on one line."""
    values = change["snapshot"] or {}
    member = values.get("user_id") and workspace.name_of(values["user_id"])
    name = values.get("key") or values.get("name") or values.get("title") or member or change["entity_id"]
    who = workspace.name_of(change["actor_id"])
    parts = [shown(change["occurred_at"], zone), who, change["type"], str(name), *_differences(change, values)]
    return "  ".join(map(one_line, filter(None, parts)))


def _differences(change: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[str]:
    if change["type"].endswith(".created"):
        yield _short(values.get("title") or values.get("body") or "")
        return
    for field, pair in (change["changes"] or {}).items():
        if field not in _UNINTERESTING and isinstance(pair, list):
            before, after = pair
            yield f"{field}: {_short(before)} → {_short(after)}"


def _short(value: Any) -> str:
    text = "none" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_VALUE else f"{text[: MAX_VALUE - 1]}…"
