"""The log of a workspace, from as far back as the service keeps it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from taskhub.client.errors import Refused
from taskhub.client.workspace import Workspace

PAGE = 1000
START = "start"


def beginning(workspace: Workspace, now: datetime) -> str:
    """Where the log begins, as the feed's `from` takes it: `start`, or the second after which nothing was removed yet."""
    if _is_kept(workspace, START):
        return START
    removed, kept = datetime.fromisoformat(workspace.get()["created_at"]), now
    while kept - removed > timedelta(seconds=1):
        middle = removed + (kept - removed) / 2
        if _is_kept(workspace, middle.isoformat()):
            kept = middle
        else:
            removed = middle
    return kept.isoformat()


def changes(workspace: Workspace, since: str) -> Iterator[Any]:
    """All changes up to the end of the log, oldest first.

    Raises:
        Refused: what is asked for was removed meanwhile.
    """
    place: dict[str, Any] = {"from_": since}
    while True:
        page = workspace.get("changes", limit=PAGE, **place)
        yield from page["items"]
        place = {"cursor": page["next_cursor"]}
        if not page["has_more"]:
            return


def _is_kept(workspace: Workspace, since: str) -> bool:
    try:
        workspace.get("changes", from_=since, limit=1)
    except Refused as refused:
        if refused.code == "cursor_expired":
            return False
        raise
    return True
