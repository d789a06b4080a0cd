"""Changes of a task by somebody who has seen it: what others have changed meanwhile is not overwritten."""

from collections.abc import Mapping
from typing import Any

from taskhub.client.connection import Answer
from taskhub.client.errors import ClientError, Refused
from taskhub.client.text import one_line
from taskhub.client.workspace import Workspace, part

MAX_ATTEMPTS = 10


def task(workspace: Workspace, key: str) -> Any:
    """``key``: such as OPS-12, or an id.

    Raises:
        ClientError
    """
    return workspace.get(f"tasks/{part(key)}")


def edit(workspace: Workspace, seen: Mapping[str, Any], changes: Mapping[str, Any]) -> Any:
    """The task with these fields. Where it is at another version than the one that was seen, it is changed all the same unless
    one of these fields was.

    Raises:
        Refused: it was; the sentence says how.
    """
    path = f"tasks/{seen['id']}"
    return _sent("PATCH", workspace, path, seen, changes, changes)


def move(workspace: Workspace, seen: Mapping[str, Any], place: Mapping[str, Any]) -> Any:
    """The task at another place, and with the status, the parent or the project that ``place`` names.

    Raises:
        Refused: the same; where it stands among the others is not compared.
    """
    return _sent("POST", workspace, f"tasks/{seen['id']}/move", seen, place, place)


def close_or_open(workspace: Workspace, seen: Mapping[str, Any], *, closed: bool) -> Any:
    """The task with the first status of its project that means this. One that is so already stays as it is.

    Raises:
        Refused
        ClientError: the project has no such status.
    """
    if (seen["closed_at"] is not None) == closed:
        return seen
    statuses = workspace.get(f"projects/{seen['project_id']}")["workflow"]["statuses"]
    fitting = [status["key"] for status in statuses if (status["category"] == "done") == closed]
    if not fitting:
        raise ClientError("The project has no status that means done. Use `taskhub tasks edit TASK --status`.")
    return edit(workspace, seen, {"status": fitting[0]})


def _sent(method: str, workspace: Workspace, path: str, seen: Mapping[str, Any], body: Any, fields: Mapping[str, Any]) -> Any:
    version = seen["version"]
    for _ in range(MAX_ATTEMPTS):
        try:
            answer: Answer = workspace.send(method, path, body, version=version)
        except Refused as refused:
            if refused.code != "stale_version":
                raise
            last = refused
            now = workspace.get(f"tasks/{seen['id']}")
            _compare(workspace, seen, now, fields, refused)
            version = now["version"]
        else:
            return answer.body
    raise last


def _compare(
    workspace: Workspace, seen: Mapping[str, Any], now: Mapping[str, Any], fields: Mapping[str, Any], refused: Refused
) -> None:
    """Raises:
    Refused
    """
    changed = [name for name in fields if name in seen and seen[name] != now[name]]
    if changed:
        differences = "\n".join(f"  {name}: {_shown(seen[name])} became {_shown(now[name])}" for name in changed)
        who = _last_author(workspace, now)
        raise Refused(
            f"{now['key']} was changed meanwhile by {who}. Nothing of yours was changed.\n{differences}", refused.problem
        )


def _last_author(workspace: Workspace, now: Mapping[str, Any]) -> str:
    (last,) = workspace.get(f"tasks/{now['id']}/history", limit=1)["items"]
    return f"{one_line(workspace.name_of(last['actor_id']))} at {last['occurred_at']}"


def _shown(value: Any) -> str:
    return one_line(repr(value) if isinstance(value, str) else str(value))
